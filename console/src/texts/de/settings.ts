import type { settings as english } from '../en/settings';

/** Texts of the settings in German. */
export const settings: Record<keyof typeof english, string> = {
  'nav.system': 'System',
  'nav.settings': 'Einstellungen',
  'settings.about':
    'So, wie der antwortende Prozess sie verwendet. Ändern lassen sie sich als Variablen seiner Umgebung.',
  'settings.search': 'Name, Zweck oder Wert suchen',
  'settings.list': 'Liste der Einstellungen',
  'settings.none': 'Keine Einstellung passt',
  'settings.noneText': 'Suchen Sie ein anderes Wort.',
  'settings.unset': 'nicht gesetzt',
  'settings.from.default': 'Vorgabe',
  'settings.from.environment': 'aus der Umgebung',
  'settings.from.file': 'aus einer Datei',
  'settings.default': 'Vorgabe {value}',
  'settings.reload': 'eine Änderung gilt nach dem Neuladen',
  'settings.restart': 'eine Änderung braucht einen Neustart',
};
