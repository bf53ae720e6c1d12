/** Texts of the settings in Spanish. */
export const settings = {
  'nav.system': 'Sistema',
  'nav.settings': 'Ajustes',
  'settings.about': 'Tal como los usa el proceso que responde. Son variables de su entorno: cámbielas allí.',
  'settings.search': 'Buscar nombre, finalidad o valor',
  'settings.list': 'Lista de ajustes',
  'settings.none': 'Ningún ajuste coincide',
  'settings.noneText': 'Busque otra palabra.',
  'settings.unset': 'sin definir',
  'settings.from.default': 'predeterminado',
  'settings.from.environment': 'del entorno',
  'settings.from.file': 'de un archivo',
  'settings.default': 'predeterminado: {value}',
  'settings.reload': 'una recarga aplica el cambio',
  'settings.restart': 'un cambio requiere reiniciar',
};
