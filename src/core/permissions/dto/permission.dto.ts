import { ResponseOf } from '../../../rest/fields/derived.js';
import { IntegerField, TextField } from '../../../rest/fields/fields.js';
import { filter, IntegerFilter, textOf } from '../../../rest/list/filters.js';
import { type Condition, ListQuery } from '../../../rest/list/list-query.js';

class PermissionFields {
  @IntegerField({ readOnly: true, computed: true, description: 'ID of the permission.', example: 17 })
  id!: number;

  @TextField({
    required: true,
    maxLength: 255,
    description: 'Display name of the permission.',
    example: 'Can view Email Stage',
  })
  name!: string;

  @TextField({ required: true, maxLength: 100, description: 'Without the application.', example: 'view_emailstage' })
  codename!: string;

  @TextField({ readOnly: true, description: 'Model of the permission.', example: 'emailstage' })
  model!: string;

  @TextField({ readOnly: true, description: 'Application of the model.', example: 'authentik_stages_email' })
  app_label!: string;

  @TextField({ readOnly: true, description: 'Display name of the application.', example: 'authentik Stages.Email' })
  app_label_verbose!: string;

  @TextField({ readOnly: true, description: 'Display name of the model.', example: 'Email Stage' })
  model_verbose!: string;
}

/** A permission. */
export class PermissionDto extends ResponseOf(PermissionFields) {}

/** Permissions are not rows: the service filters them. */
const unused: Condition = (builder) => builder;

export class PermissionListQuery extends ListQuery {
  @filter({ type: 'string' }, textOf, unused, { description: 'Filter by permission, without its application.' })
  codename?: string;

  @filter({ type: 'string' }, textOf, unused, { description: 'Filter by application of the model.' })
  content_type__app_label?: string;

  @filter({ type: 'string' }, textOf, unused, { description: 'Filter by model.' })
  content_type__model?: string;

  @filter({ type: 'string' }, textOf, unused, { description: 'Permissions that this role has on every object.' })
  role?: string;

  @IntegerFilter({ on: 'unused', description: 'Permissions that this user has on every object, without their roles.' })
  user?: number;
}
