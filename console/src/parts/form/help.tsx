import { type ReactNode, useState } from 'react';

import { t } from '../../texts/texts';
import { splitHelp } from './field';

interface HelpProps {
  readonly text: string;
  /** It is in the language of the console, not in the English of the API. */
  readonly isTranslated: boolean;
}

/** The help of a field in the words of the API: the first sentence, and the rest on demand. */
export function Help({ text, isTranslated }: HelpProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [first, rest] = splitHelp(text);
  return (
    <span className="help" lang={isTranslated ? undefined : 'en'} dir="auto">
      <Marked text={isOpen ? text : first} />
      {rest !== '' && (
        <button
          type="button"
          className="text-link help-more"
          aria-expanded={isOpen}
          // Inside a label, a click would go to the input.
          onClick={(event) => {
            event.preventDefault();
            setOpen(!isOpen);
          }}
        >
          {t(isOpen ? 'form.helpLess' : 'form.helpMore')}
        </button>
      )}
    </span>
  );
}

/** A text with `code` between backticks. */
function Marked({ text }: { readonly text: string }): ReactNode {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}
