import type { Columns } from '../rest/list/list-query.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import type { StageDto } from './dto/stage.dto.js';
import type { StageKind } from './stage-kinds.js';

/** What is read of a stage of any kind, of a statement that calls it `stage`. */
export const stageColumns = { pk: 'stage.pk', name: 'stage.name', kind: 'stage.kind' } satisfies Columns;

/** A row of those columns. */
export interface StageRow {
  readonly pk: string;
  readonly name: string;
  readonly kind: string;
}

/** What clients see of a stage of any kind; a kind's own fields come after these. */
export function stageAnswer(row: Pick<StageRow, 'pk' | 'name'>, kind: StageKind, flows: FlowSetDto[]): StageDto {
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
