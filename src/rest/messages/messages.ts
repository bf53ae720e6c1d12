/**
 * Every message that visitors and clients can get, by its code, in authentik's English where authentik has it. `%(name)s`
 * stands for a parameter. Two texts: singular and plural of the parameter.
 *
 * Code passes messages on as codes. Only `english.ts` turns them into these texts, for the API; pages have their own.
 */
export const messageTexts = {
  // Fields
  required: 'This field is required.',
  null: 'This field may not be null.',
  blank: 'This field may not be blank.',
  nullCharacters: 'Null characters are not allowed.',
  maxLength: 'Ensure this field has no more than %(limit)s characters.',
  maxValue: 'Ensure this value is less than or equal to %(maximum)s.',
  minValue: 'Ensure this value is greater than or equal to %(minimum)s.',
  numberTooLong: 'String value too large.',
  noData: 'No data provided',
  notDictionary: 'Invalid data. Expected a dictionary, but got %(type)s.',
  notText: 'Not a valid string.',
  notInteger: 'A valid integer is required.',
  notBoolean: 'Must be a valid boolean.',
  notChoice: '"%(choice)s" is not a valid choice.',
  notEmail: 'Enter a valid email address.',
  notDate: 'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.',
  notDateTime:
    'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
  notDataUri: 'Invalid scheme',
  notBase64: 'Invalid encoding',
  // Names and passwords
  usernameInvalid: 'Enter a user name of letters, digits and ASCII punctuation.',
  usernameTaken: 'Username is already taken.',
  addressIsUsername: 'This address is the user name of another account.',
  addressNotProved: 'A new email address must be confirmed before it is saved.',
  usernameIsForeignAddress: 'A user name that is an email address must be your own address.',
  passwordsDiffer: "Passwords don't match.",
  passwordTooLong: 'This password is too long. Use at most 1,024 bytes.',
  passwordTooShort: 'Use at least 8 characters.',
  passwordCommon: 'This is one of the most common passwords. Choose one that nobody else uses.',
  passwordPersonal: 'Do not use your name, user name or email address, or the name of this service, as the password.',
  passwordGuessable:
    'This password is easy to guess. Make it longer, for example with several words that do not belong together.',
  passwordTooWeak: 'Password is too weak.',
  passwordRefused: 'Invalid password.',
  passwordMissing: 'Password not set in context',
  // Sign-in
  signInFailed: 'Failed to authenticate.',
  passwordWrong: 'Invalid password',
  addressUnconfirmed: 'Confirm your email address first.',
  accountInactive: 'This account is not active.',
  accountChanged: 'Your account has been changed. Start again.',
  accountNotProved: 'You have not verified that this account is yours.',
  lastSuperuser: 'The last active superuser cannot be deleted.',
  signedIn: 'Successfully logged in!',
  logIn: 'Log in',
  continue: 'Continue',
  // Runs of flows
  runBroken: 'Unknown error',
  noPendingData: 'No Pending data.',
  noPendingUser: 'No pending user.',
  noUserToSignIn: 'No Pending user to login.',
  noUserToDelete: 'No Pending User.',
  noUserToChange: "No user found and can't create new user.",
  flowNotApplicable: 'Flow does not apply to current user.',
  policyNotEvaluated: 'This step has a policy that cannot be evaluated here.',
  userNotWritten: 'Failed to update user. Please try again later.',
  consentDeclined: 'Consent was declined.',
  invitationInvalid: 'Invalid invite/invite not found',
  nextUrlInvalid: 'Invalid next URL',
  // Limits
  tooManyAttempts: [
    'Too many attempts. Please try again after %(minutes)s minute.',
    'Too many attempts. Please try again after %(minutes)s minutes.',
  ],
  tooManyMails: 'Too many account verification attempts. Please try again after %(minutes)s minutes.',
  tooManySignUps: 'Too many sign-ups. Please try again after %(minutes)s minutes.',
  // Mails, links and codes
  mailSent: 'Email Successfully sent.',
  mailResent: 'email-sent',
  mailImpossible: 'No mail can be sent to this address.',
  addressConfirmed: 'Successfully verified Email.',
  confirmedElsewhere: 'The link was opened in another window or on another device. Continue there.',
  confirmMail: 'Confirm that you received this email.',
  useLink: 'Continue to access your account.',
  acceptInvitation: 'Accept the invitation to create your account.',
  codeWrong: 'This code is wrong or no longer valid.',
  codeMalformed: 'Enter the six digits of the code in the email.',
  codeExpired: 'This code has expired. Request a new one.',
  codesOfMailUsedUp: 'Too many wrong codes. Open the link in the email, or request another email.',
  codesOfRunUsedUp: 'Too many wrong codes. Open the link in the email.',
  linkUnknown:
    'This link is unknown. It may be incomplete: open it exactly as it appears in the email. Request a new link: %(site)s%(path)s',
  linkUsed: 'This link has already been used. Request a new link: %(site)s%(path)s',
  linkReplaced: 'A newer email has been sent. Open the link in that one. Request a new link: %(site)s%(path)s',
  linkExpired: 'This link has expired. Request a new link: %(site)s%(path)s',
  linkOfChangedAccount:
    'This link is no longer valid, because the account has changed since. Request a new link: %(site)s%(path)s',
  linkOfOtherFlow: 'This link belongs to another page. Open it exactly as it appears in the email.',
  linkOutOfPlace: 'This link cannot be used here. Request a new link: %(site)s%(path)s',
} as const;

type Texts = typeof messageTexts;

/** Names of the parameters in a text. */
type ParametersIn<Text> = Text extends `${string}%(${infer Name})s${infer Rest}` ? Name | ParametersIn<Rest> : never;
type ParametersOf<C extends MessageCode> = ParametersIn<Texts[C] extends readonly [infer One, string] ? One : Texts[C]>;
type Values<C extends MessageCode> = Readonly<Record<ParametersOf<C>, string | number>>;

export type MessageCode = keyof Texts;

/** A message of this service: its code and the values of its parameters. */
export type Message = { [C in MessageCode]: { readonly code: C; readonly values: Values<C> } }[MessageCode];

/** A text that an administrator wrote. It is shown as it is, never translated or recognized. */
interface WrittenText {
  readonly written: string;
}

/** What a visitor or client is shown. */
export type MessageOrText = Message | WrittenText;

export function message<C extends MessageCode>(
  code: C,
  ...[values]: [ParametersOf<C>] extends [never] ? [] : [Values<C>]
): Extract<Message, { code: C }> {
  return { code, values: values ?? {} } as Extract<Message, { code: C }>;
}

/** Whether a stored JSON value is a message or a text. Codes of other releases may be unknown. */
export function isMessageOrText(value: unknown): value is MessageOrText {
  if (typeof value !== 'object' || value === null) return false;
  const { code, values, written } = value as Record<string, unknown>;
  if (typeof written === 'string') return true;
  return typeof code === 'string' && Object.hasOwn(messageTexts, code) && typeof values === 'object' && values !== null;
}
