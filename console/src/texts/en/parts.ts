/** Texts of the parts that screens share in English. */
export const parts = {
  'state.loading': 'Loading …',
  'state.error': 'This could not be loaded',
  'state.unreachable': 'The service does not answer. It is asked again in a moment.',
  'state.retry': 'Try again',
  'state.forbidden': 'You may not see this',
  'state.forbiddenText': 'Ask an administrator for the permission to view it.',
  'state.notFound': 'Nothing is here',
  'state.notFoundText': 'It was deleted, or the address is wrong.',
  'state.toOverview': 'Go to the overview',
  'state.stale': 'This may be out of date: the service does not answer.',

  'action.cancel': 'Cancel',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.failed': 'That did not work: {reason}',
  'action.clear': 'Clear filters',

  'list.noneFound': 'Nothing matches',
  'list.noneFoundText': 'Look for something else, or clear the filters.',

  'pager.label': 'Pages',
  'pager.range': '{start}–{end} of {count}',
  'pager.previous': 'Previous page',
  'pager.next': 'Next page',
} as const satisfies Record<string, string>;
