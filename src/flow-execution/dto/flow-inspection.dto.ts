import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { FlowStageBindingDto } from '../../flows/dto/flow-stage-binding.dto.js';

/** The current plan, or an earlier one. */
export class FlowInspectorPlanDto {
  @ApiPropertyOptional({ readOnly: true, description: 'Absent for a stage without a binding.' })
  current_stage?: FlowStageBindingDto;

  @ApiPropertyOptional({ readOnly: true, description: 'Absent if the current stage is the last one.' })
  next_planned_stage?: FlowStageBindingDto;

  @ApiProperty({
    readOnly: true,
    description: 'The data of the run, without secrets.',
    type: 'object',
    additionalProperties: {},
  })
  plan_context!: Record<string, unknown>;

  @ApiProperty({
    readOnly: true,
    description: 'Names the session; it says nothing of its cookie.',
    example: '5b1c0d0a7f3e4c2f9a6d8e7b1c2d3e4f',
  })
  session_id!: string;
}

/** The plans of a session in a flow. */
export class FlowInspectionDto {
  @ApiProperty({ type: FlowInspectorPlanDto, isArray: true, description: 'Earlier steps of the run, oldest first.' })
  plans!: FlowInspectorPlanDto[];
  @ApiPropertyOptional({ description: 'Current step of the run.' }) current_plan?: FlowInspectorPlanDto;
  @ApiProperty({ description: 'Whether the run has ended.' }) is_completed!: boolean;
}
