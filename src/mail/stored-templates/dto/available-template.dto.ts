import { ResponseOf } from '../../../rest/fields/derived.js';
import { field } from '../../../rest/fields/field.js';
import {
  BooleanField,
  ChoiceField,
  ChoiceListField,
  DateTimeField,
  IntegerField,
  TextField,
  TextListField,
  UuidField,
} from '../../../rest/fields/fields.js';

/** Where a template is, the place that is used first. */
const templatePlaces = ['folder', 'database', 'shipped'] as const;
export type TemplatePlace = (typeof templatePlaces)[number];

class TemplateSummaryFields {
  @TextField({ readOnly: true, description: 'Path of the template.', example: 'email/password_reset.html' })
  name!: string;

  @ChoiceField('MailTemplatePlaceEnum', templatePlaces, {
    readOnly: true,
    description:
      'Where the template is that mails use: the folder comes first, then the database, then the shipped ones.',
  })
  place!: TemplatePlace;

  @UuidField({
    readOnly: true,
    nullable: true,
    description: 'UUID of the template of this name in the database, whether it is used or not.',
  })
  stored!: string | null;

  @IntegerField({
    readOnly: true,
    nullable: true,
    computed: true,
    description: 'Current version of the template in the database.',
    example: 3,
  })
  version!: number | null;
}

class AvailableTemplateFields extends TemplateSummaryFields {
  @ChoiceListField('MailTemplatePlaceEnum', templatePlaces, {
    readOnly: true,
    description: 'All places that have a template of this name, the one that is used first.',
  })
  places!: TemplatePlace[];

  @BooleanField({ readOnly: true, description: 'Whether a stage can choose it.' })
  selectable!: boolean;

  @BooleanField({
    readOnly: true,
    description: 'Whether other templates are made of it, such as the frame of all mails.',
  })
  part!: boolean;

  @TextField({
    readOnly: true,
    description: 'Its default subject; empty if it has none.',
    example: 'Reset your password',
  })
  subject!: string;

  @TextListField({
    readOnly: true,
    description: 'Languages that all its texts are translated to; empty if it has no texts to translate.',
    example: ['en', 'de'],
  })
  languages!: string[];

  @BooleanField({ readOnly: true, description: 'Whether it has a text part of its own.' })
  has_text!: boolean;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the template in the database was changed last.' })
  last_updated!: Date | null;
}

/** A template that mails can use. */
export class AvailableMailTemplateDto extends ResponseOf(AvailableTemplateFields) {}

class TemplateSourceFields extends TemplateSummaryFields {
  @TextField({ readOnly: true, description: 'Source of the HTML part.', example: '<p>Welcome, {{ user.name }}</p>' })
  html!: string;

  @TextField({
    readOnly: true,
    description: 'Source of the text part; empty if it is made from the HTML.',
    example: 'Welcome, {{ user.name }}',
  })
  text!: string;
}

/** The source of a template that mails use. */
export class MailTemplateSourceDto extends ResponseOf(TemplateSourceFields) {}

/** Names a template. */
export class TemplateNameQuery {
  @field({ type: 'string' }, String, {
    required: true,
    description: 'Path of the template.',
    example: 'email/setup.html',
  })
  name!: string;
}
