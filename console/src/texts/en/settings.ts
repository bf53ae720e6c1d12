/** Texts of the settings in English. */
export const settings = {
  'nav.system': 'System',
  'nav.settings': 'Settings',
  'settings.about': 'As the process that answers uses them. They are variables of its environment: change them there.',
  'settings.search': 'Search name, purpose or value',
  'settings.list': 'List of settings',
  'settings.none': 'No setting matches',
  'settings.noneText': 'Look for another word.',
  'settings.unset': 'not set',
  'settings.from.default': 'default',
  'settings.from.environment': 'from the environment',
  'settings.from.file': 'from a file',
  'settings.default': 'default {value}',
  'settings.reload': 'a reload applies a change',
  'settings.restart': 'a change needs a restart',
} as const satisfies Record<string, string>;
