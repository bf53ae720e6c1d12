import { AnswerOf } from '../../../rest/fields/derived.js';
import { BooleanField, DictionaryField, IntegerField, TextField, UuidField } from '../../../rest/fields/fields.js';

class UserGroupFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Numeric identifier of the group.' })
  num_pk!: number;

  @TextField({ required: true })
  name!: string;

  @BooleanField({ description: 'Whether members are superusers.' })
  is_superuser!: boolean;

  @UuidField({ nullable: true })
  parent!: string | null;

  @TextField({ readOnly: true, nullable: true })
  parent_name!: string | null;

  @DictionaryField()
  attributes!: Record<string, unknown>;
}

/** A group nested in its members. */
export class UserGroupDto extends AnswerOf(UserGroupFields) {}
