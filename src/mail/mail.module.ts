import { Module } from '@nestjs/common';

import { EmailTemplates } from './email-templates.js';

/** Everything about mails that knows nothing of flows. */
@Module({ providers: [EmailTemplates], exports: [EmailTemplates] })
export class MailModule {}
