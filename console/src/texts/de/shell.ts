import type { shell as english } from '../en/shell';

/** Texts of the frame around the screens in German. */
export const shell: Record<keyof typeof english, string> = {
  console: 'Konsole',
  'nav.label': 'Hauptmenü',
  'nav.open': 'Menü öffnen',
  'nav.close': 'Menü schließen',
  'nav.skip': 'Zum Inhalt',
  'nav.mail': 'E-Mail',
  'nav.flowSection': 'Abläufe',
  'nav.people': 'Konten',
  'nav.overview': 'Übersicht',
  'nav.mails': 'E-Mails',
  'nav.templates': 'Vorlagen',
  'nav.users': 'Personen',
  'nav.senders': 'Absender',
  'nav.flows': 'Abläufe',
  'nav.stages': 'Stufen',
  'nav.docs': 'API-Dokumentation',

  'account.menu': 'Konto von {name}',
  'account.signOut': 'Abmelden',
  'account.language': 'Sprache',
  'account.appearance': 'Darstellung',
  'account.light': 'Hell',
  'account.dark': 'Dunkel',
  'account.auto': 'Wie das System',
};
