import { AnswerOf } from '../../../rest/fields/derived.js';
import { IntegerField, TextField } from '../../../rest/fields/fields.js';
import { filter, IntegerFilter, textOf } from '../../../rest/list/filters.js';
import { type Condition, ListQuery } from '../../../rest/list/list-query.js';

class PermissionFields {
  @IntegerField({ readOnly: true, computed: true })
  id!: number;

  @TextField({ required: true, maxLength: 255 })
  name!: string;

  @TextField({ required: true, maxLength: 100, description: 'Without the application.' })
  codename!: string;

  @TextField({ readOnly: true })
  model!: string;

  @TextField({ readOnly: true })
  app_label!: string;

  @TextField({ readOnly: true })
  app_label_verbose!: string;

  @TextField({ readOnly: true })
  model_verbose!: string;
}

/** A permission. */
export class PermissionDto extends AnswerOf(PermissionFields) {}

/** Permissions are no rows: the service filters them. */
const unused: Condition = (builder) => builder;

export class PermissionListQuery extends ListQuery {
  @filter({ type: 'string' }, textOf, unused)
  codename?: string;

  @filter({ type: 'string' }, textOf, unused)
  content_type__app_label?: string;

  @filter({ type: 'string' }, textOf, unused)
  content_type__model?: string;

  @filter({ type: 'string' }, textOf, unused, { description: 'Permissions that this role has on every object.' })
  role?: string;

  @IntegerFilter({ on: 'unused', description: 'Permissions that this user has on every object, without their roles.' })
  user?: number;
}
