import { Module } from '@nestjs/common';

import { MailSenders } from './delivery/mail-senders.js';
import { EmailTemplates } from './email-templates.js';

/** Everything about mails that knows nothing of flows. */
@Module({ providers: [EmailTemplates, MailSenders], exports: [EmailTemplates, MailSenders] })
export class MailModule {}
