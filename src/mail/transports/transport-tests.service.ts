import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { type NewMail, Outbox } from '../outbox/outbox.service.js';
import { sampleMail } from '../rendering/sample-mail.js';
import type { NamedTransportTestDto, NamedTransportTestRequestDto } from './dto/transport-test.dto.js';

/** Default template of a test mail. */
const testTemplate = 'email/setup.html';

/** What sends a test mail. */
export interface TestSender extends Pick<NewMail, 'stage' | 'transport' | 'fromAddress' | 'subject'> {
  /** Validity of links that the mail states. */
  readonly minutes?: number | undefined;
}

/** Sends test mails, for administrators. */
@Injectable()
export class TransportTests {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly outbox: Outbox,
    private readonly clock: DatabaseClock,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Queues a test mail, which is delivered like every other mail of the sender. An attempt takes at most 60 s, regardless
   * of the timeout in its settings.
   */
  send(
    { minutes, subject, ...sender }: TestSender,
    { to, template = testTemplate, locale = 'en' }: NamedTransportTestRequestDto,
    request?: IdempotentRequest,
  ): Promise<NamedTransportTestDto> {
    const mail = {
      ...sender,
      recipient: { name: '', address: to },
      template,
      subject: template === testTemplate ? null : subject,
      locale,
      data: { isTrial: true, values: { ...sampleMail(to, publicUrl(this.settings), this.clock.date(), minutes) } },
      deadline: null,
    };
    return this.idempotency.once(request, async (manager) => ({ message: await this.outbox.enqueue(manager, mail) }));
  }
}
