import type { parts as english } from '../en/parts';

/** Texts of the parts that screens share in German. */
export const parts: Record<keyof typeof english, string> = {
  'state.loading': 'Wird geladen …',
  'state.error': 'Das konnte nicht geladen werden',
  'state.unreachable': 'Der Dienst antwortet nicht. Er wird gleich noch einmal gefragt.',
  'state.retry': 'Noch einmal versuchen',
  'state.forbidden': 'Sie dürfen das nicht sehen',
  'state.forbiddenText': 'Bitten Sie eine Administratorin oder einen Administrator um das Recht dazu.',
  'state.notFound': 'Hier ist nichts',
  'state.notFoundText': 'Es wurde gelöscht, oder die Adresse ist falsch.',
  'state.toOverview': 'Zur Übersicht',
  'state.stale': 'Das ist vielleicht nicht mehr aktuell: Der Dienst antwortet nicht.',

  'action.cancel': 'Abbrechen',
  'action.copy': 'Kopieren',
  'action.copied': 'Kopiert',
  'action.failed': 'Das hat nicht geklappt: {reason}',
  'action.clear': 'Filter zurücksetzen',

  'list.noneFound': 'Nichts passt',
  'list.noneFoundText': 'Suchen Sie etwas anderes, oder setzen Sie die Filter zurück.',

  'pager.label': 'Seiten',
  'pager.range': '{start}–{end} von {count}',
  'pager.previous': 'Vorige Seite',
  'pager.next': 'Nächste Seite',
};
