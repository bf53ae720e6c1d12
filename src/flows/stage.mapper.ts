import type { Columns } from '../rest/list/list-query.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import type { StageDto } from './dto/stage.dto.js';
import type { StageKind } from './stage-kinds.js';

/** Columns common to all kinds of stages, for a query with the alias `stage`. */
export const stageColumns = { pk: 'stage.pk', name: 'stage.name', kind: 'stage.kind' } satisfies Columns;

/** A row of `stageColumns`. */
export interface StageRow {
  readonly pk: string;
  readonly name: string;
  readonly kind: string;
}

/** Returns the response fields common to all kinds of stages; each kind appends its own. */
export function stageResponse(row: Pick<StageRow, 'pk' | 'name'>, kind: StageKind, flows: FlowSetDto[]): StageDto {
  return {
    pk: row.pk,
    name: row.name,
    component: kind.component,
    verbose_name: kind.verboseName,
    verbose_name_plural: kind.verboseNamePlural,
    meta_model_name: kind.model,
    flow_set: flows,
  };
}
