import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
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

/** Fields of a flow-stage binding, in requests and responses (management API, section 6). */
class FlowStageBindingFields {
  @UuidField({ readOnly: true, description: 'UUID of the binding.' })
  pk!: string;

  @UuidField({ readOnly: true, description: 'Key that policy bindings use as their target.' })
  policybindingmodel_ptr_id!: string;

  @UuidField({ required: true, description: 'The flow.', rules: [exists(() => Flow)] })
  target!: string;

  @UuidField({ required: true, description: 'The stage, of any kind.', rules: [exists(() => Stage)] })
  stage!: string;

  @ObjectField(StageDto, { description: 'The bound stage.' })
  stage_obj!: StageDto;

  @BooleanField({ description: 'Evaluate the policies when the flow is planned.' })
  evaluate_on_plan!: boolean;

  @BooleanField({ description: 'Evaluate the policies when the stage is reached.' })
  re_evaluate_policies!: boolean;

  @IntegerField({ required: true, description: 'Position in the flow, in ascending order.' })
  order!: number;

  @ChoiceField('PolicyEngineMode', choices.policyEngineModes, {
    description: 'Whether all policy bindings must pass, or any.',
  })
  policy_engine_mode!: choices.PolicyEngineMode;

  @ChoiceField('InvalidResponseActionEnum', choices.invalidResponseActions, {
    description: 'After an invalid response: repeat the stage, or restart the flow without or with its context.',
  })
  invalid_response_action!: choices.InvalidResponseAction;
}

const hasUniqueOrder = uniqueTogether(() => FlowStageBinding, { target: 'targetId', stage: 'stageId', order: 'order' });

/** A flow-stage binding. */
export class FlowStageBindingDto extends ResponseOf(FlowStageBindingFields) {}

/** Body of a request that creates or replaces a flow-stage binding. */
@Check(hasUniqueOrder)
@Check(evaluatesPolicies)
@DefaultsOf(FlowStageBinding)
export class FlowStageBindingRequestDto extends RequestOf(FlowStageBindingFields) {}

/** Body of a request that changes a flow-stage binding. */
@Check(hasUniqueOrder)
@Check(evaluatesPolicies)
export class PatchedFlowStageBindingRequestDto extends PatchOf(FlowStageBindingRequestDto) {}

/** Checks the request alone, as the reference does: a missing field counts as its default, not as its stored value. */
function evaluatesPolicies({
  evaluate_on_plan,
  re_evaluate_policies,
}: Partial<FlowStageBindingFields>): string | undefined {
  const isEnabled = (evaluate_on_plan ?? false) || (re_evaluate_policies ?? true);
  return isEnabled ? undefined : 'Either evaluation on plan or evaluation on run must be enabled';
}
