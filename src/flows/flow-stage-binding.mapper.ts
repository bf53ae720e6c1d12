import type { Columns } from '../rest/list/list-query.js';
import type { FlowStageBindingDto } from './dto/flow-stage-binding.dto.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import type { StageKind } from './stage-kinds.js';
import { stageResponse } from './stage.mapper.js';

/** Columns of a flow-stage binding, for a query with the alias `binding`. */
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

/** Columns of a binding and of its stage, for a query with the aliases `binding` and `stage`. */
export const bindingRowColumns = {
  ...bindingColumns,
  stage_name: 'stage.name',
  stage_kind: 'stage.kind',
} satisfies Columns;

/** A row of `bindingRowColumns`. */
export type BindingRow = Pick<FlowStageBindingDto, keyof typeof bindingColumns> & {
  readonly stage_name: string;
  readonly stage_kind: string;
};

/** SQL expression for the display name of a binding, for a query with the alias `binding`. */
export const bindingName = `concat('Flow-stage binding #', binding.order, ' to ', binding.targetId)`;

/** Returns the response for a binding. `kind` and `flows` belong to its stage. */
export function bindingResponse(row: BindingRow, kind: StageKind, flows: FlowSetDto[]): FlowStageBindingDto {
  return {
    pk: row.pk,
    policybindingmodel_ptr_id: row.policybindingmodel_ptr_id,
    target: row.target,
    stage: row.stage,
    stage_obj: stageResponse({ pk: row.stage, name: row.stage_name }, kind, flows),
    evaluate_on_plan: row.evaluate_on_plan,
    re_evaluate_policies: row.re_evaluate_policies,
    order: row.order,
    policy_engine_mode: row.policy_engine_mode,
    invalid_response_action: row.invalid_response_action,
  };
}
