import { ApiProperty } from '@nestjs/swagger';

import { list, text } from '../../../rest/fields/coercions.js';
import { RequestOf } from '../../../rest/fields/derived.js';
import { field } from '../../../rest/fields/field.js';
import { ChoiceField, TextField } from '../../../rest/fields/fields.js';
import { permissionModels } from '../permission-models.js';

/** Which permissions a request is about. */
class PermissionAssignFields {
  @field({ type: 'array', items: { type: 'string', minLength: 1 } }, list(text()), {
    required: true,
    description: 'Codenames, `<app>.<action>_<model>`; with a model, the application may be left out.',
    example: ['authentik_blueprints.view_blueprintinstance'],
  })
  permissions!: string[];

  @ChoiceField('ModelEnum', permissionModels, { description: 'The model that the permissions must be on.' })
  model!: string;

  @TextField({
    description: 'Key of the one object of that model that they are for; every object if not given.',
    example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  })
  object_pk!: string;
}

/** Permissions to give. */
export class PermissionAssignRequestDto extends RequestOf(PermissionAssignFields) {}

/** Permissions to take away. Their list is required, although the method is PATCH. */
export class PatchedPermissionAssignRequestDto extends RequestOf(PermissionAssignFields) {}

/** A permission that was given. */
export class PermissionAssignResultDto {
  @ApiProperty({ description: 'ID of the grant.', example: 17 }) id!: string;
}
