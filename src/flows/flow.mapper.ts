import type { Columns } from '../rest/list/list-query.js';
import type { FlowDto, FlowSetDto } from './dto/flow.dto.js';

/** Columns of a flow, for a query with the alias `flow`. */
export const flowColumns = {
  pk: 'flow.pk',
  policybindingmodel_ptr_id: 'flow.policybindingmodelPtrId',
  name: 'flow.name',
  slug: 'flow.slug',
  title: 'flow.title',
  designation: 'flow.designation',
  background: 'flow.background',
  policy_engine_mode: 'flow.policyEngineMode',
  compatibility_mode: 'flow.compatibilityMode',
  layout: 'flow.layout',
  denied_action: 'flow.deniedAction',
  authentication: 'flow.authentication',
} satisfies Columns;

/** A row of `flowColumns`. */
export type FlowRow = Pick<FlowDto, keyof typeof flowColumns>;

/** Columns of a complete flow response: also its stages and policies, one entry per binding, in order. */
export const flowDetailColumns = {
  ...flowColumns,
  stages: `(select coalesce(json_agg(place.stage_uuid order by place.order, place.fsb_uuid), '[]')
              from "flow_stage_binding" place where place.target_uuid = flow.pk)`,
  policies: `(select coalesce(json_agg(bound.policy_uuid order by bound.order, bound.policy_binding_uuid), '[]')
                from "policy_binding" bound where bound.flow_uuid = flow.pk and bound.policy_uuid is not null)`,
} satisfies Columns;

/** A row of `flowDetailColumns`. */
export type FlowDetailRow = Pick<FlowDto, keyof typeof flowDetailColumns>;

/** Returns the response for a flow. */
export function flowResponse(row: FlowDetailRow): FlowDto {
  return {
    pk: row.pk,
    policybindingmodel_ptr_id: row.policybindingmodel_ptr_id,
    name: row.name,
    slug: row.slug,
    title: row.title,
    designation: row.designation,
    background: backgroundUrl(row.background),
    stages: row.stages,
    policies: row.policies,
    // Plans are not cached, so that changes of policies and bindings apply at once.
    cache_count: 0,
    policy_engine_mode: row.policy_engine_mode,
    compatibility_mode: row.compatibility_mode,
    export_url: exportUrl(row.slug),
    layout: row.layout,
    denied_action: row.denied_action,
    authentication: row.authentication,
  };
}

/** Returns the summary of a flow that is nested in its stages (management API, section 5.2). */
export function flowSetResponse(row: Omit<FlowRow, 'authentication'>): FlowSetDto {
  return {
    pk: row.pk,
    policybindingmodel_ptr_id: row.policybindingmodel_ptr_id,
    name: row.name,
    slug: row.slug,
    title: row.title,
    designation: row.designation,
    background: backgroundUrl(row.background),
    policy_engine_mode: row.policy_engine_mode,
    compatibility_mode: row.compatibility_mode,
    export_url: exportUrl(row.slug),
    layout: row.layout,
    denied_action: row.denied_action,
  };
}

/** Returns the URL of a stored background; URLs and paths below `/static` are returned unchanged. */
export function backgroundUrl(stored: string): string {
  if (stored === '') return '/static/dist/assets/images/flow_background.jpg';
  return /^(http|\/static)/.test(stored) ? stored : `/media/public/${stored}`;
}

function exportUrl(slug: string): string {
  return `/api/v3/flows/instances/${slug}/export/`;
}
