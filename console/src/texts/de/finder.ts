import type { finder as english } from '../en/finder';

/** Texts of the search over everything in German. */
export const finder: Record<keyof typeof english, string> = {
  'finder.find': 'Suchen',
  'finder.keys': 'Strg K',
  'finder.placeholder': 'Seiten, Konten, E-Mails suchen …',
  'finder.screens': 'Seiten',
  'finder.searching': 'Suche läuft …',
  'finder.nothing': 'Nichts gefunden',
};
