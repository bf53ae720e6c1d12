import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import {
  NamedTransportRequestDto,
  PatchedNamedTransportRequestDto,
} from '../../mail/transports/dto/named-transport.dto.js';
import { NamedTransport, namedTransportModel } from '../../mail/transports/named-transport.entity.js';
import type { NamedTransportService } from '../../mail/transports/named-transport.service.js';

/** Import of named transports. They are not exported: nothing shows their secrets. */
export function namedTransportTransfer(service: NamedTransportService): TransferModel {
  return {
    model: namedTransportModel,
    entity: NamedTransport,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request: NamedTransportRequestDto,
    patch: PatchedNamedTransportRequestDto,
    store: {
      insert: (manager, request, pk, by) => service.insert(manager, request as NamedTransportRequestDto, pk, by),
      change: (manager, pk, request) => service.change(manager, pk, request),
      remove: (row, manager) => service.remove(row, manager),
    },
    subject: (pk) => service.subject(pk),
  };
}
