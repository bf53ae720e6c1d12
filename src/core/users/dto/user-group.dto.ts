import { ResponseOf } from '../../../rest/fields/derived.js';
import { BooleanField, DictionaryField, IntegerField, TextField, UuidField } from '../../../rest/fields/fields.js';

class UserGroupFields {
  @UuidField({ readOnly: true, description: 'UUID of the group.' })
  pk!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Numeric identifier of the group.' })
  num_pk!: number;

  @TextField({ required: true, description: 'Name of the group.', example: 'editors' })
  name!: string;

  @BooleanField({ description: 'Whether members are superusers.' })
  is_superuser!: boolean;

  @UuidField({ nullable: true, description: 'UUID of the parent group; null if there is none.' })
  parent!: string | null;

  @TextField({ readOnly: true, nullable: true, description: 'Name of the parent group; null if there is none.' })
  parent_name!: string | null;

  @DictionaryField({ description: 'Free-form data of the group.' })
  attributes!: Record<string, unknown>;
}

/** A group nested in its members. */
export class UserGroupDto extends ResponseOf(UserGroupFields) {}
