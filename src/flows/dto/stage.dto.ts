import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { AnswerOf, RequestOf } from '../../rest/fields/derived.js';
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
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true, rules: [unique(() => Stage, 'name', nameTaken)] })
  name!: string;

  @TextField({ readOnly: true, description: 'Frontend component that edits this kind of stage.' })
  component!: string;

  @TextField({ readOnly: true, description: 'Name of the kind.' })
  verbose_name!: string;

  @TextField({ readOnly: true, description: 'Plural name of the kind.' })
  verbose_name_plural!: string;

  @TextField({ readOnly: true, description: 'Model name of the kind, `<app>.<model>`.' })
  meta_model_name!: string;

  @ObjectListField(FlowSetDto, FlowSetRequestDto, {
    description: 'Flows that contain the stage. Bindings decide this; the value in a request has no effect.',
  })
  flow_set!: FlowSetDto[];
}

/** A stage of any kind, with the common fields only. */
export class StageDto extends AnswerOf(StageFields) {}

/** A stage nested in a request about another object; it is validated and has no effect. */
export class StageRequestDto extends RequestOf(StageFields) {}

@ListOf({ columns: stageColumns, search: ['stage.name'], order: ['name'], ordering: ['pk', 'name'] })
export class StageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;
}

/** A kind of object that can be created, or a template that can be chosen. */
export class TypeCreateDto {
  @ApiProperty() name!: string;
  @ApiProperty() description!: string;
  @ApiProperty() component!: string;
  @ApiProperty() model_name!: string;
  @ApiPropertyOptional({ type: 'string', nullable: true }) icon_url?: string | null;
  @ApiPropertyOptional({ default: false }) requires_enterprise?: boolean;
}

/** A stage that users configure for themselves. */
export class UserSettingDto {
  @ApiProperty() object_uid!: string;
  @ApiProperty() component!: string;
  @ApiProperty() title!: string;
  @ApiPropertyOptional() configure_url?: string;
  @ApiPropertyOptional() icon_url?: string;
}
