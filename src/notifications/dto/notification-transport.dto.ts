import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import { PatchOf, RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
import type { RuleContext } from '../../rest/fields/field.js';
import { BooleanField, ChoiceField, TextField, TextListField, UuidField } from '../../rest/fields/fields.js';
import { Check } from '../../rest/fields/read-object.js';
import { unique } from '../../rest/fields/rules.js';
import {
  isByWebhook,
  type NotificationMode,
  notificationModes,
  NotificationTransport,
} from '../../webhooks/notification-transport.entity.js';
import { isReachable, webhookUrlProblem } from '../../webhooks/webhook-url.js';

const nameTaken = 'Notification Transport with this name already exists.';
describeConstraint('uq_notification_transport_name', 'name', nameTaken);
const urlMissing = 'Webhook URL may not be empty.';
describeConstraint('ck_notification_transport_url', 'webhook_url', urlMissing);

class NotificationTransportFields {
  @UuidField({ readOnly: true, description: 'UUID of the transport.' })
  pk!: string;

  @TextField({
    required: true,
    description: 'Unique name.',
    example: 'administrators-by-email',
    rules: [unique(() => NotificationTransport, 'name', nameTaken)],
  })
  name!: string;

  @ChoiceField('NotificationTransportModeEnum', notificationModes, {
    description:
      '`local`: `/events/notifications/` of each user. `webhook`: JSON to `webhook_url`. `webhook_slack`: the same as ' +
      'a message of Slack or Discord. `email`: a mail to each user.',
  })
  mode!: NotificationMode;

  @TextField({ readOnly: true, description: 'Name of the mode.', example: 'Email' })
  mode_verbose!: string;

  @TextField({
    allowBlank: true,
    maxLength: 2048,
    description:
      'Where notifications are posted to; required by the modes with a webhook. An address that is not public must be in ' +
      'a network of `WEBHOOK_ALLOW`.',
    example: 'https://chat.library.example/hooks/a1',
    checks: [(url) => (url === '' ? undefined : webhookUrlProblem(url))],
    rules: [(url: string, context: RuleContext) => (url === '' ? none : isReachable(url, context))],
  })
  webhook_url!: string;

  @UuidField({
    nullable: true,
    description: 'Always null: there are no property mappings.',
    rules: [(_: string, _context: RuleContext, raw: unknown) => Promise.resolve([noSuchRow(raw)])],
    example: null,
  })
  webhook_mapping!: string | null;

  @BooleanField({ description: 'Notify only the first user of the group, such as for a webhook into a chat.' })
  send_once!: boolean;
}

/** A way for notifications to reach users. */
export class NotificationTransportDto extends ResponseOf(NotificationTransportFields) {}

/** A transport to create or to replace with. */
@Check(hasUrl)
@DefaultsOf(NotificationTransport)
export class NotificationTransportRequestDto extends RequestOf(NotificationTransportFields) {}

/** Changes to a transport. */
@Check(hasUrl)
export class PatchedNotificationTransportRequestDto extends PatchOf(NotificationTransportRequestDto) {}

class NotificationTransportTestFields {
  @TextListField({
    readOnly: true,
    description: 'The status and the answer of a webhook, or what became of a mail; empty for the mode `local`.',
  })
  messages!: string[];
}

/** Result of a test notification. */
export class NotificationTransportTestDto extends ResponseOf(NotificationTransportTestFields) {}

const none = Promise.resolve(undefined);

/** Requires a URL for modes with a webhook; a field that is left out keeps its stored value. */
function hasUrl(request: Partial<NotificationTransportFields>, { current }: RuleContext): undefined {
  const stored = current as NotificationTransport | undefined;
  const url = request.webhook_url ?? stored?.webhookUrl ?? '';
  if (isByWebhook(request.mode ?? stored?.mode) && url === '') {
    throw new ValidationError({ webhook_url: [urlMissing] });
  }
}
