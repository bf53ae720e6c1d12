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

/** What is told of a stage of any kind, and what can be set (management API, section 7). A kind adds its own. */
export class StageFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true, rules: [unique(() => Stage, 'name', nameTaken)] })
  name!: string;

  @TextField({ readOnly: true, description: 'The form that edits this kind of stage.' })
  component!: string;

  @TextField({ readOnly: true, description: 'Name of the kind.' })
  verbose_name!: string;

  @TextField({ readOnly: true, description: 'Name of the kind, in the plural.' })
  verbose_name_plural!: string;

  @TextField({ readOnly: true, description: 'Technical name of the kind.' })
  meta_model_name!: string;

  @ObjectListField(FlowSetDto, FlowSetRequestDto, {
    description: 'The flows that the stage stands in; bindings decide, what a request says here has no effect.',
  })
  flow_set!: FlowSetDto[];
}

/** A stage of any kind, without what only its kind has. */
export class StageDto extends AnswerOf(StageFields) {}

/** A stage as a request about something else may tell of it; it is checked and has no effect. */
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

/** A stage that users set up for themselves. */
export class UserSettingDto {
  @ApiProperty() object_uid!: string;
  @ApiProperty() component!: string;
  @ApiProperty() title!: string;
  @ApiPropertyOptional() configure_url?: string;
  @ApiPropertyOptional() icon_url?: string;
}
