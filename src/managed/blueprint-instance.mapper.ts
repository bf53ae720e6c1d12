import type { Columns } from '../rest/list/list-query.js';

/** Columns of the blueprint representation, for a query with the alias `instance`. */
export const blueprintColumns = {
  pk: 'instance.pk',
  name: 'instance.name',
  path: 'instance.path',
  context: 'instance.context',
  last_applied: 'instance.lastApplied',
  last_applied_hash: 'instance.lastAppliedHash',
  status: 'instance.status',
  enabled: 'instance.enabled',
  managed_models: 'instance.managedModels',
  metadata: 'instance.metadata',
  content: 'instance.content',
} satisfies Columns;
