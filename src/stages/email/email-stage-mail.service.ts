import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { MailRenderer } from '../../mail/rendering/mail-renderer.js';
import { declaredNames } from '../../mail/rendering/template-scope.js';
import { TransportChecks } from '../../mail/transports/transport-checks.service.js';
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
import { sampleMail } from './sample-mail.js';

/** Default template of a test mail. */
const testTemplate = 'email/setup.html';

/** Sends test mails, checks mail servers and previews templates, for administrators. */
@Injectable()
export class EmailStageMailService {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly stages: EmailStageService,
    private readonly senders: MailSenders,
    private readonly outbox: Outbox,
    private readonly renderer: MailRenderer,
    private readonly checks: TransportChecks,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Queues a test mail, which is delivered like every other mail of the stage. An attempt takes at most 60 s,
   * regardless of the timeout of the stage.
   *
   * @param stage null: uses the global settings
   */
  async test(
    stage: EmailStage | null,
    { to, template = testTemplate, locale = 'en' }: EmailStageTestRequestDto,
    request?: IdempotentRequest,
  ): Promise<EmailStageTestDto> {
    const { from } = await this.senderOf(stage);
    const mail = {
      stage: stage?.pk ?? null,
      fromAddress: from.address,
      recipient: { name: '', address: to },
      template,
      subject: stage === null || template === testTemplate ? null : subjectOf(stage),
      locale,
      data: { isTrial: true, values: { ...sampleMail(to, publicUrl(this.settings), stage?.tokenExpiry) } },
      deadline: null,
    };
    return this.idempotency.once(request, async (manager) => ({ message: await this.outbox.enqueue(manager, mail) }));
  }

  /**
   * Checks whether a mail from the sender of the stage would be accepted, without sending one, and what receivers will
   * think of the sender's domain.
   *
   * @throws ValidationError if the stage has both kinds of TLS enabled
   */
  async check(stage: EmailStage): Promise<EmailStageCheckDto> {
    if (stage.transportId === null && !stage.useGlobalSettings && stage.useTls && stage.useSsl) {
      throw new ValidationError({
        [nonField]: ['use_tls and use_ssl exclude each other: one is STARTTLS, the other TLS from the first byte.'],
      });
    }
    return this.checks.check(await this.senderOf(stage));
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
    const sample = sampleMail('jane.doe@example.org', publicUrl(this.settings));
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
