import { eventApps, permissionModels } from '../../../core/permissions/permission-models.js';
import { eventActions } from '../../../events/event.entity.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import { ChoiceField, TextField } from '../../../rest/fields/fields.js';
import { PolicyFields } from '../../dto/policy.dto.js';
import { EventMatcherPolicy } from '../event-matcher-policy.entity.js';

/** Fields of an event matcher policy, in requests and responses. */
class EventMatcherPolicyFields extends PolicyFields {
  @ChoiceField('EventActions', eventActions, { nullable: true, description: 'Action of the event; null: any.' })
  action!: string | null;

  @TextField({
    nullable: true,
    description: 'Address of the client; null: any. It is compared with the whole address.',
    example: '203.0.113.7',
  })
  client_ip!: string | null;

  @ChoiceField('AppEnum', eventApps, {
    nullable: true,
    description:
      'Application that wrote the event; null: any. `authentik.events` also matches `authentik.events.signals`.',
  })
  app!: string | null;

  @ChoiceField('ModelEnum', permissionModels, {
    nullable: true,
    description: 'Model of the object that was created, changed or deleted; null: any.',
  })
  model!: string | null;
}

/** An event matcher policy. */
export class EventMatcherPolicyDto extends ResponseOf(EventMatcherPolicyFields) {}

/** Body of a request that creates or replaces an event matcher policy. */
@DefaultsOf(EventMatcherPolicy)
export class EventMatcherPolicyRequestDto extends RequestOf(EventMatcherPolicyFields) {}

/** Body of a request that changes an event matcher policy. */
export class PatchedEventMatcherPolicyRequestDto extends PatchOf(EventMatcherPolicyRequestDto) {}
