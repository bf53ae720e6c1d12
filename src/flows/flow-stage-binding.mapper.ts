import type { Columns } from '../rest/list/list-query.js';
import type { FlowStageBindingDto } from './dto/flow-stage-binding.dto.js';
import type { StageDto } from './dto/stage.dto.js';

/** What is read of a binding for the clients, of a statement that calls it `binding`. */
export const bindingColumns = {
  pk: 'binding.pk',
  policybindingmodel_ptr_id: 'binding.policybindingmodelPtrId',
  target: 'binding.targetId',
  stage: 'binding.stageId',
  evaluate_on_plan: 'binding.evaluateOnPlan',
  re_evaluate_policies: 'binding.reEvaluatePolicies',
  order: 'binding.order',
  policy_engine_mode: 'binding.policyEngineMode',
  invalid_response_action: 'binding.invalidResponseAction',
} satisfies Columns;

/** A row of those columns. */
export type BindingRow = Pick<FlowStageBindingDto, keyof typeof bindingColumns>;

/** The display text of a binding, in a statement that calls it `binding`. */
export const bindingName = `concat('Flow-stage binding #', binding.order, ' to ', binding.targetId)`;

/** A binding as clients see it. */
export function bindingAnswer(row: BindingRow, stage: StageDto): FlowStageBindingDto {
  return {
    pk: row.pk,
    policybindingmodel_ptr_id: row.policybindingmodel_ptr_id,
    target: row.target,
    stage: row.stage,
    stage_obj: stage,
    evaluate_on_plan: row.evaluate_on_plan,
    re_evaluate_policies: row.re_evaluate_policies,
    order: row.order,
    policy_engine_mode: row.policy_engine_mode,
    invalid_response_action: row.invalid_response_action,
  };
}
