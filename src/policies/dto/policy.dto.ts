import { AnswerOf } from '../../rest/fields/derived.js';
import { BooleanField, IntegerField, TextField, UuidField } from '../../rest/fields/fields.js';

class PolicyFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true })
  name!: string;

  @BooleanField()
  execution_logging!: boolean;

  @TextField({ readOnly: true })
  component!: string;

  @TextField({ readOnly: true })
  verbose_name!: string;

  @TextField({ readOnly: true })
  verbose_name_plural!: string;

  @TextField({ readOnly: true })
  meta_model_name!: string;

  @IntegerField({ readOnly: true, computed: true })
  bound_to!: number;
}

/** A policy as its bindings tell of it. There are none here; the schema is what clients are generated from. */
export class PolicyDto extends AnswerOf(PolicyFields) {}
