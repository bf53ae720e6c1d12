import { Module } from '@nestjs/common';

import { EventsModule } from '../../events/events.module.js';
import { FlowExecutionModule } from '../../flow-execution/flow-execution.module.js';
import { StageExecutors } from '../../flow-execution/stage-executors.js';
import { FlowsModule } from '../../flows/flows.module.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { stagesReferencing } from '../../flows/stage-references.js';
import { Exporter } from '../../flows/transfer/exporter.service.js';
import { TransferModels } from '../../flows/transfer/transfer-models.js';
import { TransferModule } from '../../flows/transfer/transfer.module.js';
import { MailSenders } from '../../mail/delivery/mail-senders.js';
import { MailModule } from '../../mail/mail.module.js';
import { mailTemplateModel } from '../../mail/stored-templates/mail-template.entity.js';
import { MailTemplateService } from '../../mail/stored-templates/mail-template.service.js';
import { NamedTransport, namedTransportModel } from '../../mail/transports/named-transport.entity.js';
import { NamedTransportService } from '../../mail/transports/named-transport.service.js';
import { ProofSources } from '../../proofs/proof-sources.js';
import { ProofsModule } from '../../proofs/proofs.module.js';
import { Referrers } from '../../rest/referrers.js';
import { AccountChoice } from './account-choice.service.js';
import { AddressCorrection } from './address-correction.js';
import { EmailCodes } from './email-codes.js';
import { EmailStageMailController } from './email-stage-mail.controller.js';
import { EmailStageMailService } from './email-stage-mail.service.js';
import { EmailStageController } from './email-stage.controller.js';
import { emailStage } from './email-stage.definition.js';
import { EmailStageExecutor } from './email-stage.executor.js';
import { EmailStageService } from './email-stage.service.js';
import { ExistingAccountMail } from './existing-account-mail.js';
import { MailTemplatePreviewController } from './mail-template-preview.controller.js';
import { MailTemplatePreviews } from './mail-template-previews.service.js';
import { mailTemplateTransfer, stagesWithTemplate, templatesOfFlow } from './mail-template-transfer.js';
import { namedTransportTransfer } from './named-transport-transfer.js';
import { ProofMail } from './proof-mail.js';
import { TemplateCheck } from './template-check.js';
import { UserConfirmationController } from './user-confirmation.controller.js';
import { UserConfirmationService } from './user-confirmation.service.js';
import { UserRecoveryController } from './user-recovery.controller.js';
import { UserRecoveryService } from './user-recovery.service.js';

/** The email stage. */
@Module({
  imports: [EventsModule, FlowExecutionModule, FlowsModule, MailModule, ProofsModule, TransferModule],
  controllers: [
    EmailStageController,
    EmailStageMailController,
    MailTemplatePreviewController,
    UserConfirmationController,
    UserRecoveryController,
  ],
  providers: [
    AccountChoice,
    AddressCorrection,
    EmailCodes,
    EmailStageExecutor,
    EmailStageMailService,
    EmailStageService,
    ExistingAccountMail,
    MailTemplatePreviews,
    ProofMail,
    TemplateCheck,
    UserConfirmationService,
    UserRecoveryService,
  ],
  exports: [EmailStageMailService, EmailStageService],
})
export class EmailStageModule {
  constructor(
    kinds: StageKinds,
    executors: StageExecutors,
    executor: EmailStageExecutor,
    senders: MailSenders,
    stages: EmailStageService,
    sources: ProofSources,
    models: TransferModels,
    transports: NamedTransportService,
    referrers: Referrers,
    templates: MailTemplateService,
    exporter: Exporter,
  ) {
    kinds.register(emailStage);
    executors.register(executor);
    senders.register((keys) => stages.sendersOf(keys));
    sources.register((pk) => stages.proofSourceOf(pk));
    models.register(namedTransportTransfer(transports));
    models.register(mailTemplateTransfer(templates));
    exporter.register(templatesOfFlow);
    referrers.register(mailTemplateModel, (manager, pk) => stagesWithTemplate(manager, String(pk)));
    referrers.register(namedTransportModel, (manager, pk) => stagesReferencing(manager, NamedTransport, String(pk)));
  }
}
