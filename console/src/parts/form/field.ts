import { catalogHas, t, type TextKey } from '../../texts/texts';

/** How a field is typed: `key` and `keys` refer to other objects; `other` cannot be edited in a form. */
export type FieldKind =
  'boolean' | 'choice' | 'choices' | 'integer' | 'json' | 'key' | 'keys' | 'other' | 'text' | 'texts' | 'time';

/** A field of a request, as the API's document describes it. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly help: string;
  /** The help is in the language of the console, not in the words of the API. */
  readonly isHelpTranslated?: boolean;
  readonly isRequired?: boolean;
  readonly isNullable?: boolean;
  /** It is in no response: `<name>_set` says whether it has a value. */
  readonly isSecret?: boolean;
  readonly choices?: readonly string[];
  readonly example?: string;
  /** What the service takes if a request to create an object leaves the field out. */
  readonly byDefault?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

const upper = new Set(['asn', 'dkim', 'hibp', 'id', 'ip', 'ssl', 'tls', 'url', 'uuid', 'upn']);

/** Returns the label of a field: its text in the catalog, or its name with spaces. */
export function labelOf(name: string): string {
  const key = `field.${name}`;
  if (catalogHas(key)) return t(key as TextKey);
  const words = name.split('_').map((word) => (upper.has(word) ? word.toUpperCase() : word));
  return sentence(words.join(' '));
}

/** Returns the label of a choice: `message_continue` is "Message continue". */
export function choiceLabel(choice: string): string {
  const key = `choice.${choice}`;
  return catalogHas(key) ? t(key as TextKey) : sentence(choice.replaceAll(/[_-]/g, ' '));
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns the first sentence of a help text, and the rest. */
export function splitHelp(help: string): readonly [first: string, rest: string] {
  const [first = '', ...rest] = help.split(/(?<=\.)\s+/);
  return [first, rest.join(' ')];
}
