import { everyRow } from '../../rest/access/route-access.js';
import type { StageStore } from '../stage-store.js';
import type { TransferModel } from './transfer-model.js';

/** Stages of one kind in files. */
export function stageTransfer(store: StageStore): TransferModel {
  const { model, entity, request, patch } = store.kind;
  return {
    model,
    entity,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request,
    patch,
    store,
    subject: (pk) => store.subject(pk),
    exported: { identifiers: ['name'], read: (manager, pk) => store.read(manager, pk, everyRow) },
  };
}
