import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PasswordCheck } from './password-check.js';

/** Password verification for the password stage and the identification stage. */
@Module({ imports: [EventsModule, MailModule], providers: [PasswordCheck], exports: [PasswordCheck] })
export class PasswordCheckModule {}
