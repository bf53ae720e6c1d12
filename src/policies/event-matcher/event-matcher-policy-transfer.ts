import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import { everyRow } from '../../rest/access/route-access.js';
import { EventMatcherPolicyRequestDto, PatchedEventMatcherPolicyRequestDto } from './dto/event-matcher-policy.dto.js';
import { EventMatcherPolicy } from './event-matcher-policy.entity.js';
import { eventMatcherPolicyKind } from './event-matcher-policy.kind.js';
import type { EventMatcherPolicyService } from './event-matcher-policy.service.js';

const { model } = eventMatcherPolicyKind;

/** Import and export of event matcher policies. */
export function eventMatcherPolicyTransfer(service: EventMatcherPolicyService): TransferModel {
  return {
    model,
    entity: EventMatcherPolicy,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request: EventMatcherPolicyRequestDto,
    patch: PatchedEventMatcherPolicyRequestDto,
    store: service,
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}
