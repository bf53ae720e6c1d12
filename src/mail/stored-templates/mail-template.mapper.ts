import type { Columns } from '../../rest/list/list-query.js';

/** Columns of a template, in a statement with the alias `template`. */
export const mailTemplateColumns = {
  pk: 'template.pk',
  name: 'template.name',
  html: 'template.html',
  text: 'template.text',
  version: 'template.version',
  created: 'template.created',
  last_updated: 'template.lastUpdated',
} satisfies Columns;
