import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { ResponseOf, RequestOf } from '../../rest/fields/derived.js';
import { ObjectListField, TextField, UuidField } from '../../rest/fields/fields.js';
import { unique } from '../../rest/fields/rules.js';
import { TextFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { Stage } from '../stage.entity.js';
import { stageColumns } from '../stage.mapper.js';
import { FlowSetDto, FlowSetRequestDto } from './flow.dto.js';

const nameTaken = 'stage with this name already exists.';
describeConstraint('uq_stage_name', 'name', nameTaken);

/** Fields common to all kinds of stages (management API, section 7); each kind adds its own. */
export class StageFields {
  @UuidField({ readOnly: true, description: 'UUID of the stage.' })
  pk!: string;

  @TextField({
    required: true,
    rules: [unique(() => Stage, 'name', nameTaken)],
    description: 'Unique name, over stages of all kinds.',
  })
  name!: string;

  @TextField({
    readOnly: true,
    description: 'Frontend component that edits this kind of stage.',
    example: 'ak-stage-email-form',
  })
  component!: string;

  @TextField({ readOnly: true, description: 'Name of the kind.', example: 'Email Stage' })
  verbose_name!: string;

  @TextField({ readOnly: true, description: 'Plural name of the kind.', example: 'Email Stages' })
  verbose_name_plural!: string;

  @TextField({
    readOnly: true,
    description: 'Model name of the kind, `<app>.<model>`.',
    example: 'authentik_stages_email.emailstage',
  })
  meta_model_name!: string;

  @ObjectListField(FlowSetDto, FlowSetRequestDto, {
    description: 'Flows that contain the stage. Bindings decide this; the value in a request has no effect.',
  })
  flow_set!: FlowSetDto[];
}

/** A stage of any kind, with the common fields only. */
export class StageDto extends ResponseOf(StageFields) {}

/** A stage nested in a request about another object; it is validated and has no effect. */
export class StageRequestDto extends RequestOf(StageFields) {}

@ListOf({ columns: stageColumns, search: ['stage.name'], order: ['name'], ordering: ['pk', 'name'] })
export class StageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;
}

/** A kind of object that can be created, or a template that can be chosen. */
export class TypeCreateDto {
  @ApiProperty({ description: 'Display name of the type.', example: 'Email Stage' }) name!: string;
  @ApiProperty({
    description: 'What the type does.',
    example: 'Sends a mail with a link and waits until it is confirmed.',
  })
  description!: string;
  @ApiProperty({ description: "Form of authentik's admin interface.", example: 'ak-stage-email-form' })
  component!: string;
  @ApiProperty({ description: 'Model of the type.', example: 'emailstage' }) model_name!: string;
  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    description: 'URL of an icon; null if there is none.',
    example: null,
  })
  icon_url?: string | null;
  @ApiPropertyOptional({ default: false, description: 'Whether authentik needs a license for it; always false.' })
  requires_enterprise?: boolean;
}

/** A stage that users configure for themselves. */
export class UserSettingDto {
  @ApiProperty({ description: 'UUID of the stage with the setting.', example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90' })
  object_uid!: string;
  @ApiProperty({ description: "Form of authentik's user interface.", example: 'ak-user-settings-password' })
  component!: string;
  @ApiProperty({ description: 'Display name of the setting.', example: 'password' }) title!: string;
  @ApiPropertyOptional({
    description: 'URL of the flow that changes the setting.',
    example: '/flows/-/configure/7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90/',
  })
  configure_url?: string;
  @ApiPropertyOptional({ description: 'URL of an icon; empty if there is none.', example: '' }) icon_url?: string;
}
