/** Texts of the search over everything in English. */
export const finder = {
  'finder.find': 'Search',
  'finder.keys': 'Ctrl K',
  'finder.placeholder': 'Search screens, users, mails …',
  'finder.screens': 'Screens',
  'finder.searching': 'Searching …',
  'finder.nothing': 'Nothing found',
} as const satisfies Record<string, string>;
