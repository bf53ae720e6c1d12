/** Texts of the parts that screens share in French. */
export const parts = {
  'state.loading': 'Chargement …',
  'state.error': 'Chargement impossible',
  'state.unreachable': 'Le service ne répond pas. Nouvel essai dans un instant.',
  'state.retry': 'Réessayer',
  'state.forbidden': 'Accès refusé',
  'state.forbiddenText': 'Demandez l’autorisation à un administrateur.',
  'state.notFound': 'Rien ici',
  'state.notFoundText': 'L’élément a été supprimé ou l’adresse est incorrecte.',
  'state.toOverview': 'Aller à la vue d’ensemble',
  'state.stale': 'Ces données peuvent être obsolètes : le service ne répond pas.',

  'action.cancel': 'Annuler',
  'action.copy': 'Copier',
  'action.copied': 'Copié',
  'action.failed': 'Échec : {reason}',
  'action.clear': 'Effacer les filtres',

  'list.noneFound': 'Aucun résultat',
  'list.noneFoundText': 'Modifiez la recherche ou effacez les filtres.',

  'pager.label': 'Pages',
  'pager.range': '{start}–{end} sur {count}',
  'pager.previous': 'Page précédente',
  'pager.next': 'Page suivante',
};
