/** What the code of pages says; templates have the rest. Each has a translation in `locale/`. */
export const texts = {
  // Labels of fields that no administrator named.
  email: 'Email',
  username: 'Username',
  upn: 'Principal name',
  password: 'Password',
  code: 'Code from the mail',
  automatic: 'As in your browser',
  // Headings
  landing: 'Welcome',
  signedIn: 'You are signed in',
  denied: 'You cannot go on here',
  failed: 'Something went wrong here',
  notFound: 'This page does not exist',
  noCookies: 'Your browser keeps no cookies',
  outdated: 'This page is too old',
  tooMany: 'That was too often',
  tooLarge: 'That is too much at once',
  refused: 'This cannot be done',
  unsupported: 'This step is not for browsers',
  // What happened, and what to do
  failedWhy: 'It is not your fault, and it is written down. Please try again in a moment.',
  notFoundWhy: 'Perhaps the address was cut off or mistyped. Please compare it with the one you were given.',
  noCookiesWhy:
    'We keep your place in these steps with a cookie, and your browser has not sent it back. Please allow cookies for this site.',
  noCookiesThen: 'Did you come from a mail? Its link still works: open it once more after that.',
  outdatedWhy: 'It was open for long, or you have gone on in another window. Nothing was changed.',
  tooManyWhy: 'To keep accounts safe there is a limit. Please wait a little, then try again.',
  tooLargeWhy: 'What you sent has more than one megabyte. Please choose a smaller file.',
  refusedWhy: 'The server did not understand what your browser sent.',
  unsupportedWhy: 'An administrator has put a step here that only programs can take.',
  // Ways on
  again: 'Start again',
  retry: 'Try again',
  back: 'Go back to the page',
  home: 'Go to the start page',
  signIn: 'Sign in',
  newLink: 'Send a new link',
  // The landing page
  recover: 'Get back into your account',
  recoverText: 'Set a new password with a mail to your address.',
  enroll: 'Create an account',
  enrollText: 'Choose a name and confirm your email address.',
  signInText: 'With your name and your password.',
  mailbox: 'Look into the mailbox',
  mailboxText: 'Mails of this machine stay here until a mail server is set.',
  docs: 'Try out the API',
  docsText: 'Every operation, with a form to call it.',
  mailState: 'Mail',
  mailSet: 'set up',
  mailSetText: 'Mails go out over the server of the settings (EMAIL_HOST), or over a server of a stage.',
  mailLocal: 'stays here',
  mailLocalText: 'No mail server is set (EMAIL_HOST), so mails stay in the mailbox of this machine.',
  recoveryState: 'Set a new password',
  enrollmentState: 'Create an account',
  ready: 'ready',
  missing: 'missing',
  flowReadyText: 'There is a flow for it.',
  flowMissingText: 'There is no flow for it yet. The API can create one or import one.',
} as const;

/** Texts that administrators are likely to write, and that the flows which come with the service have. */
export const familiarTexts = ['Name', 'Password (repeat)', 'Reset your password', 'Sign up'] as const;
