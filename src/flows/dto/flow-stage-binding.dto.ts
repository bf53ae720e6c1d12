import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { AnswerOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { BooleanField, ChoiceField, IntegerField, ObjectField, UuidField } from '../../rest/fields/fields.js';
import { Check } from '../../rest/fields/read-object.js';
import { exists, uniqueTogether } from '../../rest/fields/rules.js';
import * as choices from '../flow-choices.js';
import { FlowStageBinding } from '../flow-stage-binding.entity.js';
import { Flow } from '../flow.entity.js';
import { Stage } from '../stage.entity.js';
import { StageDto } from './stage.dto.js';

describeConstraint('uq_flow_stage_binding_place', undefined, 'The fields target, stage, order must make a unique set.');
describeConstraint('fk_flow_stage_binding_target', 'target', 'The flow has just been deleted.');
describeConstraint('fk_flow_stage_binding_stage', 'stage', 'The stage has just been deleted.');

/** What is told of a binding and what can be set (management API, section 6). */
class FlowStageBindingFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @UuidField({ readOnly: true, description: 'What policy bindings name as their target.' })
  policybindingmodel_ptr_id!: string;

  @UuidField({ required: true, description: 'The flow.', rules: [exists(() => Flow)] })
  target!: string;

  @UuidField({ required: true, description: 'The stage, of any kind.', rules: [exists(() => Stage)] })
  stage!: string;

  @ObjectField(StageDto)
  stage_obj!: StageDto;

  @BooleanField({ description: 'Ask the policies when the flow is planned.' })
  evaluate_on_plan!: boolean;

  @BooleanField({ description: 'Ask the policies when the stage is reached.' })
  re_evaluate_policies!: boolean;

  @IntegerField({ required: true, description: 'Place in the flow; lower comes first.' })
  order!: number;

  @ChoiceField('PolicyEngineMode', choices.policyEngineModes)
  policy_engine_mode!: choices.PolicyEngineMode;

  @ChoiceField('InvalidResponseActionEnum', choices.invalidResponseActions, {
    description: 'After an answer that is not accepted: ask again, or start again without or with what is known.',
  })
  invalid_response_action!: choices.InvalidResponseAction;
}

const hasOwnPlace = uniqueTogether(() => FlowStageBinding, { target: 'targetId', stage: 'stageId', order: 'order' });

/** A stage's place in a flow. */
export class FlowStageBindingDto extends AnswerOf(FlowStageBindingFields) {}

/** A binding to create, or to put in the place of another. */
@Check(hasOwnPlace)
@Check(isEvaluated)
export class FlowStageBindingRequestDto extends RequestOf(FlowStageBindingFields) {}

/** Changes to a binding. */
@Check(hasOwnPlace)
@Check(isEvaluated)
export class PatchedFlowStageBindingRequestDto extends PatchOf(FlowStageBindingRequestDto) {}

/** Looks at the request alone, as the reference does: what is not named counts as its default, not as stored. */
function isEvaluated({ evaluate_on_plan, re_evaluate_policies }: Partial<FlowStageBindingFields>): string | undefined {
  const isIt = (evaluate_on_plan ?? false) || (re_evaluate_policies ?? true);
  return isIt ? undefined : 'Either evaluation on plan or evaluation on run must be enabled';
}
