import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PasswordCheck } from './password-check.js';
import { UnconfirmedSignIn } from './unconfirmed-sign-in.js';

/** Password verification for the password stage and the identification stage. */
@Module({
  imports: [EventsModule, FlowExecutionModule, MailModule],
  providers: [PasswordCheck, UnconfirmedSignIn],
  exports: [PasswordCheck, UnconfirmedSignIn],
})
export class PasswordCheckModule {}
