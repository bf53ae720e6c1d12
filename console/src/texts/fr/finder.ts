/** Texts of the search over everything in French. */
export const finder = {
  'finder.find': 'Rechercher',
  'finder.keys': 'Ctrl K',
  'finder.placeholder': 'Rechercher des écrans, utilisateurs, e-mails …',
  'finder.screens': 'Écrans',
  'finder.searching': 'Recherche en cours …',
  'finder.nothing': 'Aucun résultat',
};
