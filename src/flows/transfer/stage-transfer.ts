import { everyRow } from '../../rest/access/route-access.js';
import type { StageDto } from '../dto/stage.dto.js';
import { PrivilegedStageStore } from '../privileged-stage-store.js';
import type { StageRequest, StageStore } from '../stage-store.js';
import type { Stage } from '../stage.entity.js';
import type { TransferModel } from './transfer-model.js';

/** Stages of one kind in files. */
export function stageTransfer(store: StageStore<Stage, StageDto, StageRequest>): TransferModel {
  const { model, entity, request, patch } = store.kind;
  return {
    model,
    entity,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    request,
    patch,
    store,
    ...(store instanceof PrivilegedStageStore && { subject: (pk: string) => store.subject(pk) }),
    exported: { identifiers: ['name'], read: (manager, pk) => store.get(pk, everyRow, manager) },
  };
}
