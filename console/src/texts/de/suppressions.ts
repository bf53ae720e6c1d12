import type { suppressions as english } from '../en/suppressions';

/** Texts of the suppressions in German. */
export const suppressions: Record<keyof typeof english, string> = {
  'nav.suppressions': 'Gesperrte Adressen',
  'suppressions.search': 'Adresse oder Notiz suchen',
  'suppressions.list': 'Liste der gesperrten Adressen',
  'suppressions.empty': 'Keine Adresse ist gesperrt',
  'suppressions.emptyText': 'Hier erscheinen Adressen, deren E-Mails zurückkommen, und solche, die Sie sperren.',
  'suppressions.manual': 'Von der Verwaltung gesperrt',
  'suppressions.bounce': 'E-Mails kamen zurück',
  'suppressions.complaint': 'Als Spam gemeldet',
  'suppressions.mail': 'E-Mail',
  'suppressions.ends': 'Endet',
  'suppressions.add': 'Adresse sperren',
  'suppressions.address': 'Adresse oder Domain',
  'suppressions.addressText': 'Eine Domain sperrt alle ihre Adressen, aber nicht ihre Subdomains.',
  'suppressions.note': 'Notiz',
  'suppressions.remove': 'Entsperren',
  'suppressions.removeAsk': 'Diese Adresse entsperren?',
  'suppressions.removeText': '{address} bekommt wieder E-Mails.',
  'suppressions.block': 'Adresse sperren',
  'suppressions.blockAsk': 'Diese Adresse sperren?',
  'suppressions.blockText': '{address} bekommt keine E-Mails mehr, bis die Sperre aufgehoben wird.',
  'suppressions.blocked': '{address} ist gesperrt.',
  'suppressions.isBlocked': 'Gesperrt',
};
