import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { FlowStageBindingDto } from '../../flows/dto/flow-stage-binding.dto.js';

/** A plan as it is, or as it was when a stage had been passed. */
export class FlowInspectorPlanDto {
  @ApiPropertyOptional({ readOnly: true, description: 'Absent for a stage that no binding put there.' })
  current_stage?: FlowStageBindingDto;

  @ApiPropertyOptional({ readOnly: true, description: 'Absent if nothing comes after the current stage.' })
  next_planned_stage?: FlowStageBindingDto;

  @ApiProperty({
    readOnly: true,
    description: 'What is known, without secrets.',
    type: 'object',
    additionalProperties: {},
  })
  plan_context!: Record<string, unknown>;

  @ApiProperty({ readOnly: true, description: 'Names the session; it says nothing of its cookie.' })
  session_id!: string;
}

/** What a session has done in a flow. */
export class FlowInspectionDto {
  @ApiProperty({ type: FlowInspectorPlanDto, isArray: true }) plans!: FlowInspectorPlanDto[];
  @ApiPropertyOptional() current_plan?: FlowInspectorPlanDto;
  @ApiProperty() is_completed!: boolean;
}
