import type { finder as english } from '../en/finder';

/** Texts of the search over everything in German. */
export const finder: Record<keyof typeof english, string> = {
  'finder.find': 'Suchen',
  'finder.keys': 'Strg K',
  'finder.placeholder': 'Seiten, Konten, E-Mails suchen …',
  'finder.screens': 'Seiten',
  'finder.searching': 'Suche läuft …',
  'finder.nothing': 'Nichts gefunden',
  'finder.words.mails': 'Zustellung gescheitert Nachrichten',
  'finder.words.templates': 'Gestaltung Übersetzung',
  'finder.words.senders': 'Absender Transporte smtp dkim spf dmarc',
  'finder.words.suppressions': 'sperren entsperren Sperrliste Rückläufer',
  'finder.words.flows': 'importieren exportieren Registrierung Anmeldung Wiederherstellung',
  'finder.words.users': 'Person anlegen Konten Rechte',
  'finder.words.groups': 'Mitglieder Superuser',
  'finder.words.roles': 'Rechte Berechtigungen',
  'finder.words.invitations': 'einladen',
  'finder.words.events': 'Protokoll Verlauf',
  'finder.words.tokens': 'API-Schlüssel widerrufen',
  'finder.words.blueprints': 'Dateien yaml importieren',
  'finder.words.settings': 'Konfiguration Variablen',
};
