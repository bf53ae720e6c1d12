import { select } from '../../rest/list/read-page.js';
import { FlowStageBindingRequestDto, PatchedFlowStageBindingRequestDto } from '../dto/flow-stage-binding.dto.js';
import { FlowRequestDto, PatchedFlowRequestDto } from '../dto/flow.dto.js';
import { FlowStageBinding } from '../flow-stage-binding.entity.js';
import { bindingColumns } from '../flow-stage-binding.mapper.js';
import type { FlowStageBindingService } from '../flow-stage-binding.service.js';
import { Flow } from '../flow.entity.js';
import { flowColumns } from '../flow.mapper.js';
import type { FlowService } from '../flow.service.js';
import type { TransferModel } from './transfer-model.js';

/** Import and export of flows. */
export function flowTransfer(service: FlowService): TransferModel {
  return {
    model: 'authentik_flows.flow',
    entity: Flow,
    identifiers: {
      name: { on: 'row.name', type: 'text' },
      slug: { on: 'row.slug', type: 'text' },
      title: { on: 'row.title', type: 'text' },
      designation: { on: 'row.designation', type: 'text' },
    },
    naturalKey: 'slug',
    request: FlowRequestDto,
    patch: PatchedFlowRequestDto,
    store: {
      insert: (manager, request, pk) => service.insert(manager, request as FlowRequestDto, pk),
      change: (manager, pk, request) => service.change(manager, pk, request),
      // The transaction may still roll back, so housekeeping deletes the image later.
      remove: ({ pk }, manager) => manager.delete(Flow, { pk }),
    },
    exported: {
      identifiers: ['slug'],
      read: (manager, pk) => {
        const flow = manager.createQueryBuilder(Flow, 'flow').where('flow.pk = :pk', { pk });
        return select(flow, flowColumns).getRawOne().then(requireRow);
      },
    },
  };
}

/** Import and export of flow-stage bindings. */
export function flowStageBindingTransfer(service: FlowStageBindingService): TransferModel {
  return {
    model: 'authentik_flows.flowstagebinding',
    entity: FlowStageBinding,
    identifiers: {
      order: { on: 'row.order', type: 'integer' },
      stage: { on: 'row.stageId', type: 'uuid' },
      target: { on: 'row.targetId', type: 'uuid' },
    },
    request: FlowStageBindingRequestDto,
    patch: PatchedFlowStageBindingRequestDto,
    store: service,
    // Earlier versions of authentik evaluated at the start by default.
    adapt: (attrs) => (attrs['re_evaluate_policies'] === false ? { evaluate_on_plan: true, ...attrs } : { ...attrs }),
    closing: { target: 'target', standIn: 'stage', instead: ['stage'] },
    exported: {
      identifiers: ['order', 'stage', 'target'],
      read: (manager, pk) => {
        const binding = manager.createQueryBuilder(FlowStageBinding, 'binding').where('binding.pk = :pk', { pk });
        return select(binding, bindingColumns).getRawOne().then(requireRow);
      },
    },
  };
}

function requireRow(row: object | undefined): object {
  if (row === undefined) throw new Error('an exported object is missing from its own snapshot');
  return row;
}
