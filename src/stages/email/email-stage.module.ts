import { Module } from '@nestjs/common';

import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { MailSenders } from '../../mail/delivery/mail-senders.js';
import { MailModule } from '../../mail/mail.module.js';
import { EmailStageMailController } from './email-stage-mail.controller.js';
import { EmailStageMailService } from './email-stage-mail.service.js';
import { EmailStageController } from './email-stage.controller.js';
import { emailStageKind } from './email-stage.kind.js';
import { EmailStageService } from './email-stage.service.js';

/** The email stage. */
@Module({
  imports: [FlowsModule, MailModule],
  controllers: [EmailStageController, EmailStageMailController],
  providers: [EmailStageService, EmailStageMailService],
  exports: [EmailStageMailService, EmailStageService],
})
export class EmailStageModule {
  constructor(kinds: StageKinds, senders: MailSenders, stages: EmailStageService) {
    kinds.register(emailStageKind);
    senders.register((keys) => stages.sendersOf(keys));
  }
}
