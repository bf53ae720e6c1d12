import { pythonTrim } from '../../rest/fields/python-text.js';
import { filter, textOf } from '../../rest/list/filters.js';
import { containing } from '../../rest/list/like-pattern.js';
import { type Condition, ListOf, ListQuery } from '../../rest/list/list-query.js';
import { eventColumns } from '../event.mapper.js';

/** Text filter with the given condition; a blank value is ignored. */
function EventFilter(condition: Condition, description?: string): PropertyDecorator {
  const coercion = (raw: unknown): unknown => (pythonTrim(String(raw)) === '' ? undefined : textOf(raw));
  return filter({ type: 'string' }, coercion, condition, description === undefined ? {} : { description });
}

/** Condition: the text at a path of a JSON column equals the value. */
function textAt(column: string, path: string): Condition {
  return (builder, value, parameter) =>
    builder.andWhere(`event.${column} #>> '{${path}}' = :${parameter}`, { [parameter]: value });
}

const actionContains: Condition = (builder, value, parameter) => {
  builder.andWhere(`event.action ilike :${parameter}`, { [parameter]: containing(String(value)) });
};

const clientIpEquals: Condition = (builder, value, parameter) =>
  builder.andWhere(`event.clientIp = :${parameter}`, { [parameter]: value });

/** Compares keys without hyphens: a UUID is written with and without them. */
const modelKeyEquals: Condition = (builder, value, parameter) =>
  builder.andWhere(`replace(event.context #>> '{model,pk}', '-', '') = :${parameter}`, {
    [parameter]: String(value).replaceAll('-', ''),
  });

const matchesNothing: Condition = (builder) => builder.andWhere('false');

@ListOf({
  columns: eventColumns,
  search: ['event.pk', 'event.user', 'event.action', 'event.app', 'event.context', 'event.clientIp'],
  order: ['-created'],
  ordering: Object.keys(eventColumns),
})
export class EventListQuery extends ListQuery {
  @EventFilter(actionContains, 'Substring of the action, case-insensitive.')
  action?: string;

  @EventFilter(matchesNothing, 'Name of a brand; there are none, so nothing matches.')
  brand_name?: string;

  @EventFilter(clientIpEquals)
  client_ip?: string;

  @EventFilter(textAt('context', 'authorized_application,pk'), 'Key of the authorized application.')
  context_authorized_app?: string;

  @EventFilter(textAt('context', 'model,app'), 'App label of the affected object.')
  context_model_app?: string;

  @EventFilter(textAt('context', 'model,model_name'), 'Model of the affected object.')
  context_model_name?: string;

  @EventFilter(modelKeyEquals, 'Key of the affected object.')
  context_model_pk?: string;

  @EventFilter(textAt('user', 'username'), 'Username of the acting user.')
  username?: string;
}
