import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { StoredLink } from '../../database/link-secret.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { TemplateError } from '../../templating/template-error.js';
import { mailDataOf } from '../delivery/mail-data-of.js';
import { MailSenders } from '../delivery/mail-senders.js';
import { outgoingMailOf } from '../delivery/outgoing-mail-of.js';
import { DeliveryAttempt } from '../outbox/delivery-attempt.entity.js';
import type { MailMessage } from '../outbox/mail-message.entity.js';
import { MailRenderer, type RenderedMail } from '../rendering/mail-renderer.js';
import { compose } from '../transport/composition.js';
import type { InlineImage } from '../transport/outgoing-mail.js';
import type { MailContentDto, MailHeaderDto } from './dto/mail-content.dto.js';

/** Stands for the secret of each link, and for the code. */
const mask = 'XXXXXX';

/** Renders mails again as they are delivered, with the secrets masked: no working link or code is derived. */
@Injectable()
export class MailContents {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly renderer: MailRenderer,
    private readonly senders: MailSenders,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws ValidationError if the template of the mail is missing or cannot be used */
  async of(message: MailMessage): Promise<MailContentDto> {
    const { pk: messagePk, stageId } = message;
    const [attempt, senders] = await Promise.all([
      this.dataSource.manager.findOne(DeliveryAttempt, { where: { messagePk }, order: { number: 'DESC' } }),
      this.senders.of(new Set([stageId])),
    ]);
    // As it read when it was sent: templates say how long a link is valid.
    const now = attempt?.started ?? this.clock.date();
    const data = mailDataOf(message.data, { url: (link) => this.maskedUrl(link), code: () => mask }, now);
    const rendered = await this.render(message, data, now);
    const from = this.senders.withName(message.fromAddress);
    const sender = (message.transportId === null ? senders.get(stageId) : undefined) ?? {
      name: '',
      transports: [],
      from,
    };
    const mail = outgoingMailOf(message, sender, rendered, data.code, this.settings);
    return {
      subject: mail.subject,
      html: withImages(mail.html ?? '', mail.attachments),
      text: mail.text,
      headers: headersOf(compose(mail).raw),
      locale: rendered.locale,
      template_changed: attempt !== null && rendered.modified !== undefined && rendered.modified > attempt.started,
    };
  }

  private async render(message: MailMessage, data: ReturnType<typeof mailDataOf>, now: Date): Promise<RenderedMail> {
    const { template, locale } = message;
    const { draft, hasDefaultSubject } = message.data;
    const subject = hasDefaultSubject === true ? '' : message.subject;
    try {
      return await this.renderer.render({
        template,
        subject,
        locale,
        data,
        now,
        ...(draft !== undefined && { draft }),
      });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new ValidationError({ [nonField]: [`The template ${template} cannot be used: ${error.message}`] });
    }
  }

  private maskedUrl({ path, query, parameter }: StoredLink): string {
    return `${publicUrl(this.settings)}${path}?${query === '' ? '' : `${query}&`}${parameter}=${mask}`;
  }
}

/** Returns the HTML with the images of the mail in place of the references to them. */
function withImages(html: string, images: readonly InlineImage[]): string {
  return images.reduce(
    (text, { cid, contentType, content }) =>
      text.replaceAll(`cid:${cid}`, `data:${contentType};base64,${content.toString('base64')}`),
    html,
  );
}

/** Returns the header fields of a serialized mail, unfolded. */
function headersOf(raw: Buffer): MailHeaderDto[] {
  const [head = ''] = raw.toString('utf8').split('\r\n\r\n', 1);
  return head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => {
      const [name = ''] = line.split(':', 1);
      return { name, value: line.slice(name.length + 1).trim() };
    });
}
