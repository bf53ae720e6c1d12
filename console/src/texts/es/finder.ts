/** Texts of the search over everything in Spanish. */
export const finder = {
  'finder.find': 'Buscar',
  'finder.keys': 'Ctrl K',
  'finder.placeholder': 'Buscar pantallas, usuarios, correos …',
  'finder.screens': 'Pantallas',
  'finder.searching': 'Buscando …',
  'finder.nothing': 'Sin resultados',
};
