import { ApiProperty } from '@nestjs/swagger';

import * as coercions from '../../../rest/fields/coercions.js';
import { PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { field } from '../../../rest/fields/field.js';
import { ChoiceField, TextField } from '../../../rest/fields/fields.js';
import { isCodename, permissionModels } from '../permission-models.js';

class PermissionAssignFields {
  @field({ type: 'array', items: { type: 'string', minLength: 1 } }, coercions.list(coercions.text()), {
    required: true,
    description: 'Codenames, `<app>.<action>_<model>`.',
    rules: [areKnown],
  })
  permissions!: string[];

  @ChoiceField('ModelEnum', permissionModels, { description: 'Kind of the one object that they are for.' })
  model!: string;

  @TextField({ description: 'Key of the one object that they are for; every object if not given.' })
  object_pk!: string;
}

/** Permissions to give. */
export class PermissionAssignRequestDto extends RequestOf(PermissionAssignFields) {}

/** Permissions to take away. */
export class PatchedPermissionAssignRequestDto extends PatchOf(PermissionAssignRequestDto) {}

/** A permission that was given. */
export class PermissionAssignResultDto {
  @ApiProperty() id!: string;
}

function areKnown(permissions: readonly string[]): Promise<string[] | undefined> {
  const unknown = permissions.filter((codename) => !isCodename(codename));
  return Promise.resolve(unknown.length === 0 ? undefined : unknown.map((name) => `"${name}" is not a valid choice.`));
}
