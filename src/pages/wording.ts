import type { Catalog, Message } from '../templating/language/catalog.js';
import { TimeFormats } from '../templating/language/time-formats.js';
import { familiarTexts, texts } from './texts.js';

/** A text of the executor, and the words of pages for it. `%(name)s` stands for anything, in both. */
interface Rewording {
  readonly said: string;
  readonly shown: string;
  /** The words for more than one, if the text has a number. */
  readonly plural?: string;
}

const tooWeak =
  'This password is easy to guess. Make it longer, for example with several words that do not belong together.';
const fillIn = 'Please fill this in.';
/** `%(when)s` is the wait in words, such as `in 5 minutes`. */
const tryAgain = 'Too many attempts. Try again %(when)s.';
const restart = 'This run through the steps is not complete any more. Please start again.';

/**
 * The wire has the reference's words, which are for programs and say little to people. What is not listed is shown as
 * it came.
 */
const rewordings: readonly Rewording[] = [
  { said: 'This field is required.', shown: fillIn },
  { said: 'This field may not be blank.', shown: fillIn },
  { said: 'This field may not be null.', shown: fillIn },
  { said: 'Enter a valid email address.', shown: 'Please enter an email address, such as name@example.com.' },
  { said: 'A valid integer is required.', shown: 'Please enter a whole number.' },
  { said: 'Must be a valid boolean.', shown: 'Please choose one.' },
  { said: '"%(choice)s" is not a valid choice.', shown: 'Please choose one.' },
  { said: 'Date has wrong format. %(formats)s', shown: 'Please enter a date.' },
  { said: 'Datetime has wrong format. %(formats)s', shown: 'Please enter a date and a time.' },
  {
    said: 'Ensure this field has no more than %(limit)s characters.',
    shown: 'Please use at most %(limit)s character.',
    plural: 'Please use at most %(limit)s characters.',
  },
  { said: 'Invalid scheme', shown: 'This file cannot be read.' },
  { said: 'Invalid encoding', shown: 'This file cannot be read.' },
  { said: 'Username is already taken.', shown: 'This name is taken. Please choose another one.' },
  {
    said: 'Enter a user name of letters, digits and ASCII punctuation.',
    shown: 'Please use letters, digits and characters such as . - _ only.',
  },
  {
    said: 'This address is the user name of another account.',
    shown: 'This address is the name of another account. Please use another one.',
  },
  {
    said: 'A user name that is an email address must be your own address.',
    shown: 'A name that is an email address must be your own address.',
  },
  {
    said: 'A new email address must be confirmed before it is saved.',
    shown: 'A new email address must be confirmed first. Please ask an administrator to change it.',
  },
  { said: "Passwords don't match.", shown: 'The two passwords are not the same.' },
  { said: 'Use at least 8 characters.', shown: 'Please use at least 8 characters.' },
  {
    said: 'This password is too long. Use at most 1,024 bytes.',
    shown: 'This password is too long. Please use at most 1,000 letters.',
  },
  {
    said: 'This is one of the most common passwords. Choose one that nobody else uses.',
    shown: 'This is one of the most common passwords. Please choose one that nobody else uses.',
  },
  {
    said: 'Do not use your name, user name or email address, or the name of this service, as the password.',
    shown: 'Please do not use your name, user name or email address, or the name of this service, as the password.',
  },
  { said: tooWeak, shown: tooWeak },
  { said: 'Password is too weak.', shown: tooWeak },
  { said: 'Invalid password.', shown: 'This password cannot be used. Please choose another one.' },
  { said: 'Password not set in context', shown: 'Please choose a password.' },
  { said: 'Failed to authenticate.', shown: 'That did not work. Please check what you typed.' },
  { said: 'Invalid password', shown: 'The password is not right.' },
  { said: 'Unknown error', shown: restart },
  { said: 'No Pending data.', shown: restart },
  { said: 'No pending user.', shown: restart },
  { said: 'No Pending user to login.', shown: restart },
  { said: "No user found and can't create new user.", shown: restart },
  {
    said: 'Flow does not apply to current user.',
    shown: 'These steps are not for you at the moment. Perhaps you are signed in already, or have been through them.',
  },
  {
    said: 'Failed to update user. Please try again later.',
    shown: 'This could not be saved. Perhaps somebody else has taken the name. Please start again.',
  },
  { said: 'Invalid invite/invite not found', shown: 'This invitation is not valid, or it was used already.' },
  { said: 'Invalid next URL', shown: 'The address to go on to is not one of this site.' },
  { said: 'Email Successfully sent.', shown: 'The mail is on its way.' },
  { said: 'Successfully verified Email.', shown: 'Your email address is confirmed.' },
  { said: 'Successfully logged in!', shown: 'You are signed in.' },
  { said: 'Too many account verification attempts. Please try again after %(minutes)s minutes.', shown: tryAgain },
  { said: 'Too many attempts. Please try again after %(minutes)s minutes.', shown: tryAgain },
  { said: 'Too many attempts. Please try again after %(minutes)s minute.', shown: tryAgain },
  {
    said: 'Too many sign-ups. Please try again after %(minutes)s minutes.',
    shown: 'Too many accounts were created from your network. Please try again in %(minutes)s minute.',
    plural: 'Too many accounts were created from your network. Please try again in %(minutes)s minutes.',
  },
  {
    said: 'Your account was changed meanwhile. Start again.',
    shown: 'Your account was changed in the meantime. Please start again.',
  },
  { said: 'This account is not active.', shown: 'This account is not active.' },
  {
    said: 'You have not proved that this account is yours.',
    shown:
      'You have not proved that this account is yours. Please sign in with its password, or use a link that was ' +
      'mailed to you.',
  },
  {
    said: 'The link was opened in another window or on another device. Go on there.',
    shown: 'The link was opened in another window or on another device. Please go on there; this page can be closed.',
  },
  {
    said: 'Confirm that this mail has reached you, and go on.',
    shown: 'Please confirm that the mail has reached you, and go on.',
  },
  { said: 'This code is not right, or not valid any more.', shown: 'This code is not right, or too old.' },
  { said: 'Enter the six digits of the code in the mail.', shown: 'Please enter the six digits from the mail.' },
  {
    said: 'Too many codes were tried. Open the link in the mail, or have another mail sent.',
    shown: 'Too many codes were tried. Please open the link in the mail, or have another mail sent.',
  },
  {
    said: 'Too many codes were tried. Open the link in the mail.',
    shown: 'Too many codes were tried. Please open the link in the mail.',
  },
  { said: 'This code has expired. Request a new one.', shown: 'This code has expired. Request a new one.' },
  { said: 'No mail can be sent to this address.', shown: 'No mail can be sent to this address.' },
  { said: 'Log in', shown: 'Sign in' },
  { said: 'Continue', shown: 'Continue' },
];

const patterns = rewordings
  .filter(({ said }) => said.includes('%('))
  .map((rewording) => ({ rewording, pattern: patternOf(rewording.said) }));
const exact = new Map(rewordings.map((rewording) => [rewording.said, rewording]));

/** The texts of pages in one language. */
export class Wording {
  constructor(private readonly catalog: Catalog) {}

  /** A text of ours. */
  say(name: keyof typeof texts): string {
    return this.catalog.translate({ id: texts[name] });
  }

  /** A text of the executor: in our words if there are some, else as it came. */
  of(text: string): string {
    const known = exact.get(text);
    if (known !== undefined) return this.catalog.translate({ id: known.shown });
    for (const { rewording, pattern } of patterns) {
      const values = pattern.exec(text)?.groups;
      if (values !== undefined) return this.reworded(rewording, values);
    }
    return this.catalog.translate({ id: text });
  }

  /** A span in words, such as `30 minutes`; none for what is no number. */
  duration(minutes: unknown): string {
    return typeof minutes === 'number' ? TimeFormats.of(this.catalog.locale).duration(minutes * 60_000) : '';
  }

  /**
   * A title or label of an administrator: as it was written, in the visitor's language if the catalog has that very text.
   * Never taken for a text of the executor.
   */
  written(text: string): string {
    return this.catalog.translate({ id: text });
  }

  /** Words side by side, of which one counts: `Email or Username`. */
  either(words: readonly string[]): string {
    return new Intl.ListFormat(this.catalog.locale, { type: 'disjunction' }).format(words);
  }

  private reworded({ shown, plural }: Rewording, values: Readonly<Record<string, string>>): string {
    const [first = ''] = Object.values(values);
    const form =
      plural === undefined
        ? this.catalog.translate({ id: shown })
        : this.catalog.translatePlural({ id: shown, plural }, Number(first));
    const { minutes } = values;
    const when =
      minutes === undefined ? {} : { when: TimeFormats.of(this.catalog.locale).relative(Number(minutes) * 60_000) };
    const shownValues: Readonly<Record<string, string>> = { ...values, ...when };
    return form.replace(/%\((\w+)\)s/g, (placeholder, name: string) => shownValues[name] ?? placeholder);
  }
}

/** Every message that is in the code and not in a template; the catalogs have these. */
export const messagesOfCode: readonly Message[] = [
  ...Object.values(texts).map((id) => ({ id })),
  ...familiarTexts.map((id) => ({ id })),
  ...rewordings.map(({ shown: id, plural }) => ({ id, ...(plural !== undefined && { plural }) })),
];

function patternOf(said: string): RegExp {
  const parts = said.split(/%\((\w+)\)s/);
  const source = parts.map((part, index) =>
    index % 2 === 1 ? `(?<${part}>.*)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's');
}
