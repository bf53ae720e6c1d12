import { Module } from '@nestjs/common';

import { CoreModule } from '../core/core.module.js';
import { EventsModule } from '../events/events.module.js';
import type { TransferModel } from '../flows/transfer/transfer-model.js';
import { TransferModels } from '../flows/transfer/transfer-models.js';
import { TransferModule } from '../flows/transfer/transfer.module.js';
import { MailModule } from '../mail/mail.module.js';
import { everyRow } from '../rest/access/route-access.js';
import { Referrers } from '../rest/referrers.js';
import { NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { NotificationRuleRequestDto, PatchedNotificationRuleRequestDto } from './dto/notification-rule.dto.js';
import {
  NotificationTransportRequestDto,
  PatchedNotificationTransportRequestDto,
} from './dto/notification-transport.dto.js';
import { EventNotifier } from './event-notifier.service.js';
import { NotificationRuleController } from './notification-rule.controller.js';
import { NotificationRule } from './notification-rule.entity.js';
import { notificationRuleReferences, NotificationRuleService } from './notification-rule.service.js';
import { NotificationStore } from './notification-store.js';
import { NotificationTests } from './notification-tests.service.js';
import { NotificationTransportController } from './notification-transport.controller.js';
import { NotificationTransportService } from './notification-transport.service.js';
import { NotificationController } from './notification.controller.js';
import { NotificationService } from './notification.service.js';

/** Notifications of users: rules, transports, and what users were notified of. */
@Module({
  imports: [CoreModule, EventsModule, MailModule, TransferModule, WebhooksModule],
  controllers: [NotificationController, NotificationRuleController, NotificationTransportController],
  providers: [
    EventNotifier,
    NotificationRuleService,
    NotificationService,
    NotificationStore,
    NotificationTests,
    NotificationTransportService,
  ],
  exports: [EventNotifier],
})
export class NotificationsModule {
  constructor(
    models: TransferModels,
    rules: NotificationRuleService,
    transports: NotificationTransportService,
    referrers: Referrers,
  ) {
    models.register(ruleTransfer(rules));
    models.register(transportTransfer(transports));
    referrers.register('authentik_core.group', (manager, pk) => [notificationRuleReferences(manager, pk)]);
  }
}

const byName: TransferModel['identifiers'] = { name: { on: 'row.name', type: 'text' } };

/** Import of rules. They belong to no flow, so that no file is exported with them. */
function ruleTransfer(store: NotificationRuleService): TransferModel {
  return {
    model: 'authentik_events.notificationrule',
    entity: NotificationRule,
    identifiers: byName,
    naturalKey: 'name',
    request: NotificationRuleRequestDto,
    patch: PatchedNotificationRuleRequestDto,
    store,
    exported: { identifiers: ['name'], read: (manager, pk) => store.read(manager, pk, everyRow) },
  };
}

/** Import of transports. */
function transportTransfer(store: NotificationTransportService): TransferModel {
  return {
    model: 'authentik_events.notificationtransport',
    entity: NotificationTransport,
    identifiers: byName,
    naturalKey: 'name',
    request: NotificationTransportRequestDto,
    patch: PatchedNotificationTransportRequestDto,
    store,
  };
}
