import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import { MailRenderer } from '../../mail/rendering/mail-renderer.js';
import { sampleMail } from '../../mail/rendering/sample-mail.js';
import { declaredNames } from '../../mail/rendering/template-scope.js';
import type { StepListener } from '../../mail/transport/report.js';
import { TransportChecks } from '../../mail/transports/transport-checks.service.js';
import { TransportTests } from '../../mail/transports/transport-tests.service.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { TemplateError } from '../../templating/template-error.js';
import type {
  EmailStageCheckDto,
  EmailStageTestDto,
  EmailStageTestRequestDto,
  EmailTemplatePreviewDto,
  EmailTemplatePreviewRequestDto,
} from './dto/email-stage-mail.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { subjectOf } from './mail-defaults.js';

/** Sends test mails, checks mail servers and previews templates, for administrators. */
@Injectable()
export class EmailStageMailService {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly stages: EmailStageService,
    private readonly senders: MailSenders,
    private readonly renderer: MailRenderer,
    private readonly checks: TransportChecks,
    private readonly tests: TransportTests,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Queues a test mail, as `TransportTests` does.
   *
   * @param stage null: uses the global settings
   */
  async test(
    stage: EmailStage | null,
    mail: EmailStageTestRequestDto,
    request?: IdempotentRequest,
  ): Promise<EmailStageTestDto> {
    const { from } = await this.senderOf(stage);
    const subject = stage === null ? null : subjectOf(stage);
    const sender = { stage: stage?.pk ?? null, fromAddress: from.address, subject, minutes: stage?.tokenExpiry };
    return this.tests.send(sender, mail, request);
  }

  /**
   * Checks whether a mail from the sender of the stage would be accepted, without sending one, and what receivers will
   * think of the sender's domain.
   *
   * @throws ValidationError if the stage has both kinds of TLS enabled
   */
  async check(stage: EmailStage, onStep?: StepListener): Promise<EmailStageCheckDto> {
    if (stage.transportId === null && !stage.useGlobalSettings && stage.useTls && stage.useSsl) {
      throw new ValidationError({
        [nonField]: ['use_tls and use_ssl exclude each other: one is STARTTLS, the other TLS from the first byte.'],
      });
    }
    return this.checks.check(await this.senderOf(stage), onStep);
  }

  /**
   * Renders a template with example values.
   *
   * @throws ValidationError if the template cannot be rendered
   */
  async preview({
    template,
    subject = '',
    locale = 'en',
    data,
  }: EmailTemplatePreviewRequestDto): Promise<EmailTemplatePreviewDto> {
    const sample = sampleMail('jane.doe@example.org', publicUrl(this.settings), this.clock.date());
    try {
      const mail = await this.renderer.render({ template, subject, locale, data: { ...sample, ...data } });
      const unknown = Object.keys(data ?? {}).filter((name) => !declaredNames.has(name));
      const warnings = unknown.map((name) => `data: templates cannot read ${name}`);
      return { subject: mail.subject, html: mail.html, text: mail.text, warnings: [...warnings, ...mail.warnings] };
    } catch (error) {
      if (error instanceof TemplateError) throw new ValidationError({ template: [error.message] });
      throw error;
    }
  }

  private async senderOf(stage: EmailStage | null): Promise<MailSender> {
    return stage === null ? this.senders.global() : this.stages.senderOf(stage);
  }
}
