import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import type { Caller } from '../../core/access/caller.js';
import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { type MailSender, MailSenders } from '../../mail/delivery/mail-senders.js';
import { outgoingMailOf } from '../../mail/delivery/outgoing-mail-of.js';
import { lint } from '../../mail/lint/template-lint.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import type { TemplateContent } from '../../mail/rendering/draft.js';
import type { MailData } from '../../mail/rendering/mail-data.js';
import { MailRenderer, type RenderedMail } from '../../mail/rendering/mail-renderer.js';
import { sampleMail } from '../../mail/rendering/sample-mail.js';
import { AvailableTemplates } from '../../mail/stored-templates/available-templates.service.js';
import { compose } from '../../mail/transport/composition.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { TemplateError } from '../../templating/template-error.js';
import type { EmailStageTestDto } from './dto/email-stage-mail.dto.js';
import type {
  MailTemplateHeaderDto,
  MailTemplatePreviewDto,
  MailTemplatePreviewRequestDto,
  MailTemplateProblemDto,
  MailTemplateSendRequestDto,
} from './dto/mail-template-preview.dto.js';
import { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { subjectOf } from './mail-defaults.js';

/** Recipient of previews. */
const reader = 'jane.doe@example.org';

/** The code of previews: an example that confirms nothing. */
const exampleCode = '123456';

/** Shipped templates that only inform: their readers need neither link nor code. */
const informs = new Set([
  'email/account_locked.html',
  'email/address_changed.html',
  'email/base.html',
  'email/event_notification.html',
  'email/link_confirmed_elsewhere.html',
  'email/notice.html',
  'email/password_changed.html',
  'email/setup.html',
  'email/token_created.html',
]);

/** Where a template is sent from, and with which subject. */
interface Sending {
  readonly stage: EmailStage | null;
  readonly sender: MailSender;
  readonly subject: string | null;
}

/** Renders and sends templates with example values, saved or not. */
@Injectable()
export class MailTemplatePreviews {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly stages: EmailStageService,
    private readonly senders: MailSenders,
    private readonly renderer: MailRenderer,
    private readonly templates: AvailableTemplates,
    private readonly outbox: Outbox,
    private readonly idempotency: Idempotency,
    private readonly clock: DatabaseClock,
  ) {}

  /** Renders a template. One that cannot be rendered has a `problem`. */
  async preview(request: MailTemplatePreviewRequestDto): Promise<MailTemplatePreviewDto> {
    const { name, locale = 'en' } = request;
    const source = await this.sourceOf(request);
    const sending = await this.sendingOf(request.stage);
    const data = this.dataOf(reader, sending.stage, request.data);
    try {
      const subject = sending.subject ?? '';
      const mail = await this.renderer.render({ template: name, subject, locale, data, draft: source });
      return await this.responseOf(name, source, sending, data, mail);
    } catch (error) {
      if (error instanceof TemplateError) return failed(locale, problemOf(error));
      throw error;
    }
  }

  /**
   * Queues a mail to the caller.
   *
   * @throws AppError `forbidden` if a caller who is not a superuser sends a source that is not saved
   * @throws ValidationError if the caller has no address, or the template cannot be rendered
   */
  async send(
    request: MailTemplateSendRequestDto,
    { email, isSuperuser }: Caller,
    once?: IdempotentRequest,
  ): Promise<EmailStageTestDto> {
    if (request.html !== undefined && !isSuperuser) throw new AppError('forbidden');
    if (email === '') throw new ValidationError({ [nonField]: ['Your account has no email address.'] });
    const { name, locale = 'en' } = request;
    const draft = request.html === undefined ? undefined : await this.sourceOf(request);
    const { stage, sender, subject } = await this.sendingOf(request.stage);
    const values = this.dataOf(email, stage, request.data);
    await this.requireRenderable({ template: name, subject: subject ?? '', locale, data: values, draft });
    const mail = {
      stage: stage?.pk ?? null,
      fromAddress: sender.from.address,
      recipient: { name: '', address: email },
      template: name,
      subject,
      locale,
      data: { isTrial: true, values: { ...values }, ...(draft !== undefined && { draft }) },
      deadline: null,
    };
    return this.idempotency.once(once, async (manager) => ({ message: await this.outbox.enqueue(manager, mail) }));
  }

  /** Returns the source of the request, else that which mails use. */
  private async sourceOf({ name, html, text = '' }: MailTemplatePreviewRequestDto): Promise<TemplateContent> {
    if (html !== undefined) return { html, text };
    try {
      return await this.templates.source(name);
    } catch (error) {
      const isMissing = error instanceof AppError && error.code === 'notFound';
      throw isMissing ? new ValidationError({ name: [`Invalid template '${name}' specified.`] }) : error;
    }
  }

  private async sendingOf(pk: string | null | undefined): Promise<Sending> {
    const stage = pk === null || pk === undefined ? null : await this.dataSource.manager.findOneBy(EmailStage, { pk });
    if (stage === null) return { stage, sender: this.senders.global(), subject: null };
    return { stage, sender: await this.stages.senderOf(stage), subject: subjectOf(stage) };
  }

  /** Returns the examples. No value of them is a secret. */
  private dataOf(to: string, stage: EmailStage | null, given: MailTemplatePreviewRequestDto['data']): MailData {
    const url = publicUrl(this.settings);
    const sample = sampleMail(to, url, this.clock.date(), stage?.tokenExpiry);
    const codes = { code: exampleCode, ...(sample.expires !== undefined && { code_expires: sample.expires }) };
    return { ...sample, recovery_url: url, not_me_url: url, ...codes, ...given };
  }

  private async requireRenderable(
    request: Omit<Parameters<MailRenderer['render']>[0], 'draft'> & { readonly draft: TemplateContent | undefined },
  ): Promise<void> {
    const { draft, ...others } = request;
    try {
      await this.renderer.render({ ...others, ...(draft !== undefined && { draft }) });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new ValidationError({ [draft === undefined ? 'name' : 'html']: [error.message] });
    }
  }

  private async responseOf(
    name: string,
    source: TemplateContent,
    { sender }: Sending,
    data: MailData,
    rendered: RenderedMail,
  ): Promise<MailTemplatePreviewDto> {
    const { subject, html, text, locale, attachments } = rendered;
    const code = String(data.code);
    const message = {
      pk: 'preview',
      messageId: 'preview@localhost',
      recipientName: '',
      recipientAddress: reader,
      created: this.clock.date(),
      data: {},
    };
    const mail = outgoingMailOf(message, sender, rendered, code, this.settings);
    const { raw } = compose(mail);
    const needsLink = !informs.has(name) && !name.startsWith('email/parts/');
    const findings = await lint({ source, mail: rendered, url: String(data.url), code, needsLink });
    return {
      problem: null,
      ...{ subject, html, text: mail.text === '' ? text : mail.text, locale },
      headers: headersOf(raw, subject),
      images: attachments.map(({ cid, contentType, content }) => ({
        cid,
        url: `data:${contentType};base64,${content.toString('base64')}`,
      })),
      size: raw.length,
      html_size: Buffer.byteLength(html),
      findings: findings.map((found) => ({ ...found, programs: [...found.programs] })),
    };
  }
}

function failed(locale: string, problem: MailTemplateProblemDto): MailTemplatePreviewDto {
  const nothing = { subject: '', html: '', text: '', headers: [], images: [], size: 0, html_size: 0, findings: [] };
  return { problem, locale, ...nothing };
}

function problemOf({ template, line, column, reason }: TemplateError): MailTemplateProblemDto {
  return { template, line: line ?? null, column: column ?? null, message: reason };
}

/** Returns the header fields that readers and servers act on. The subject is as readers see it. */
function headersOf(raw: Buffer, subject: string): MailTemplateHeaderDto[] {
  const head = raw.subarray(0, raw.indexOf('\r\n\r\n')).toString('utf8');
  return head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1).trim() }))
    .filter(({ name }) => !/^(Content-|MIME-|Message-ID)/i.test(name))
    .map(({ name, value }) => ({ name, value: name === 'Subject' ? subject : value }));
}
