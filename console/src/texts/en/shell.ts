/** Texts of the frame around the screens in English. Names in braces stand for values. */
export const shell = {
  console: 'Console',
  'nav.label': 'Main',
  'nav.open': 'Open navigation',
  'nav.close': 'Close navigation',
  'nav.skip': 'Skip to content',
  'nav.mail': 'Mail',
  'nav.people': 'People',
  'nav.overview': 'Overview',
  'nav.mails': 'Mails',
  'nav.users': 'Users',
  'nav.senders': 'Senders',
  'nav.docs': 'API documentation',

  'account.menu': 'Account of {name}',
  'account.signOut': 'Sign out',
  'account.language': 'Language',
  'account.appearance': 'Appearance',
  'account.light': 'Light',
  'account.dark': 'Dark',
  'account.auto': 'As the system',
} as const satisfies Record<string, string>;
