/** Texts of the parts that screens share in Spanish. */
export const parts = {
  'state.loading': 'Cargando …',
  'state.error': 'No se ha podido cargar',
  'state.unreachable': 'El servicio no responde. Se volverá a intentar en unos instantes.',
  'state.retry': 'Reintentar',
  'state.forbidden': 'No puede ver esto',
  'state.forbiddenText': 'Pida a un administrador el permiso para verlo.',
  'state.notFound': 'Aquí no hay nada',
  'state.notFoundText': 'Se ha eliminado o la dirección es incorrecta.',
  'state.toOverview': 'Ir al resumen',
  'state.stale': 'Puede no estar al día: el servicio no responde.',

  'action.cancel': 'Cancelar',
  'action.copy': 'Copiar',
  'action.copied': 'Copiado',
  'action.failed': 'No ha funcionado: {reason}',
  'action.clear': 'Quitar filtros',

  'list.noneFound': 'Ninguna coincidencia',
  'list.noneFoundText': 'Busque otra cosa o quite los filtros.',

  'pager.label': 'Páginas',
  'pager.range': '{start}–{end} de {count}',
  'pager.previous': 'Página anterior',
  'pager.next': 'Página siguiente',
};
