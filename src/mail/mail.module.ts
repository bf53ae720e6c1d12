import { Module } from '@nestjs/common';

import { EventsModule } from '../events/events.module.js';
import { DeliveryBatches } from './delivery/delivery-batches.js';
import { MailDelivery } from './delivery/mail-delivery.service.js';
import { MailFailures } from './delivery/mail-failures.js';
import { MailMetrics } from './delivery/mail-metrics.js';
import { MailSenders } from './delivery/mail-senders.js';
import { MailWorker } from './delivery/mail-worker.service.js';
import { TransportRates } from './delivery/transport-rates.js';
import { TransportSlots } from './delivery/transport-slots.js';
import { MailDomainsModule } from './domains/mail-domains.module.js';
import { EmailTemplates } from './email-templates.js';
import { FeedbackController } from './feedback/feedback.controller.js';
import { FeedbackService } from './feedback/feedback.service.js';
import { LargeReports } from './feedback/large-reports.js';
import { SesFeedback } from './feedback/ses-feedback.js';
import { SnsHost } from './feedback/sns/sns-host.js';
import { MailboxModule } from './mailbox/mailbox.module.js';
import { MailContents } from './messages/mail-content.service.js';
import { MailMessageBulk } from './messages/mail-message-bulk.service.js';
import { MailMessageController } from './messages/mail-message.controller.js';
import { MailMessageService } from './messages/mail-message.service.js';
import { NotMeLinks } from './not-me/not-me-links.service.js';
import { AccountNotices } from './notices/account-notices.service.js';
import { LockNotices } from './notices/lock-notices.service.js';
import { NoticeMail } from './notices/notice-mail.service.js';
import { MessageStore } from './outbox/message-store.js';
import { Outbox } from './outbox/outbox.service.js';
import { MailRenderer } from './rendering/mail-renderer.js';
import { MailProofs } from './statistics/mail-proofs.js';
import { MailStatistics } from './statistics/mail-statistics.service.js';
import { AvailableTemplates } from './stored-templates/available-templates.service.js';
import { MailTemplateController } from './stored-templates/mail-template.controller.js';
import { MailTemplateService } from './stored-templates/mail-template.service.js';
import { StoredTemplates } from './stored-templates/stored-templates.js';
import { TemplateVersions } from './stored-templates/template-versions.service.js';
import { SuppressionController } from './suppressions/suppression.controller.js';
import { SuppressionService } from './suppressions/suppression.service.js';
import { TransportModule } from './transport/transport.module.js';
import { NamedSenders } from './transports/named-senders.js';
import { NamedTransportController } from './transports/named-transport.controller.js';
import { NamedTransportService } from './transports/named-transport.service.js';
import { TransportChecks } from './transports/transport-checks.service.js';
import { TransportTests } from './transports/transport-tests.service.js';
import { TransportUrls } from './transports/transport-urls.js';

/** Mails: rendering, outbox, delivery and notices, independent of flows. */
@Module({
  imports: [EventsModule, MailboxModule, MailDomainsModule, TransportModule],
  controllers: [
    FeedbackController,
    MailMessageController,
    MailTemplateController,
    NamedTransportController,
    SuppressionController,
  ],
  providers: [
    AccountNotices,
    AvailableTemplates,
    DeliveryBatches,
    EmailTemplates,
    FeedbackService,
    LargeReports,
    MailContents,
    MailDelivery,
    MailFailures,
    MailMessageBulk,
    MailMessageService,
    MailMetrics,
    MailProofs,
    MailRenderer,
    MailSenders,
    MailTemplateService,
    MailStatistics,
    MailWorker,
    MessageStore,
    NamedSenders,
    NamedTransportService,
    NotMeLinks,
    LockNotices,
    NoticeMail,
    Outbox,
    StoredTemplates,
    TemplateVersions,
    SesFeedback,
    SnsHost,
    SuppressionService,
    TransportChecks,
    TransportRates,
    TransportSlots,
    TransportTests,
    TransportUrls,
  ],
  exports: [
    AvailableTemplates,
    EmailTemplates,
    LockNotices,
    MailDomainsModule,
    MailFailures,
    MailMetrics,
    MailProofs,
    MailRenderer,
    MailSenders,
    MailTemplateService,
    NamedSenders,
    NamedTransportService,
    NoticeMail,
    NotMeLinks,
    Outbox,
    TransportChecks,
    TransportModule,
    TransportTests,
  ],
})
export class MailModule {}
