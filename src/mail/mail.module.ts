import { Module } from '@nestjs/common';

import { MailMetrics } from './delivery/mail-metrics.js';
import { MailSenders } from './delivery/mail-senders.js';
import { EmailTemplates } from './email-templates.js';

/** Everything about mails that knows nothing of flows. */
@Module({ providers: [EmailTemplates, MailMetrics, MailSenders], exports: [EmailTemplates, MailMetrics, MailSenders] })
export class MailModule {}
