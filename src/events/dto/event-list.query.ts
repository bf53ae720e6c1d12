import { filter, textOf } from '../../rest/list/filters.js';
import { type Condition, ListOf, ListQuery } from '../../rest/list/list-query.js';
import { eventColumns } from '../event.mapper.js';

/** Text, held against the event as `condition` says; blanks are no filter. */
function EventFilter(condition: Condition, description?: string): PropertyDecorator {
  const coercion = (raw: unknown): unknown => (String(raw).trim() === '' ? undefined : textOf(raw));
  return filter({ type: 'string' }, coercion, condition, description === undefined ? {} : { description });
}

/** The text at a path in a JSON column, equal. */
function textAt(column: string, path: string): Condition {
  return (builder, value, parameter) =>
    builder.andWhere(`event.${column} #>> '{${path}}' = :${parameter}`, { [parameter]: value });
}

const contains: Condition = (builder, value, parameter) => {
  const pattern = `%${String(value).replace(/[\\%_]/g, '\\$&')}%`;
  builder.andWhere(`event.action ilike :${parameter}`, { [parameter]: pattern });
};

const isClient: Condition = (builder, value, parameter) =>
  builder.andWhere(`event.clientIp = :${parameter}`, { [parameter]: value });

/** Keys are held against each other without hyphens: the same UUID is written with them and without. */
const isModel: Condition = (builder, value, parameter) =>
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
  @EventFilter(contains, 'A part of the action; case does not matter.')
  action?: string;

  @EventFilter(matchesNothing, 'Name of a brand; there are none, so nothing matches.')
  brand_name?: string;

  @EventFilter(isClient)
  client_ip?: string;

  @EventFilter(textAt('context', 'authorized_application,pk'), 'Key of the application that was authorized.')
  context_authorized_app?: string;

  @EventFilter(textAt('context', 'model,app'), 'Application of the object that it is about.')
  context_model_app?: string;

  @EventFilter(textAt('context', 'model,model_name'), 'Model of the object that it is about.')
  context_model_name?: string;

  @EventFilter(isModel, 'Key of the object that it is about.')
  context_model_pk?: string;

  @EventFilter(textAt('user', 'username'), 'Name of the user who did it.')
  username?: string;
}
