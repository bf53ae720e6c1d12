import { Injectable } from '@nestjs/common';

import { asciiDomainOf } from '../../syntax/email-address.js';
import type { MailSender } from '../delivery/mail-senders.js';
import { SenderChecks } from '../domains/sender-checks.service.js';
import { MailTransports } from '../transport/mail-transports.js';
import type { StepListener } from '../transport/report.js';
import type { NamedTransportCheckDto } from './dto/transport-check.dto.js';

/** Checks the transports of senders, for administrators. */
@Injectable()
export class TransportChecks {
  constructor(
    private readonly transports: MailTransports,
    private readonly senderChecks: SenderChecks,
  ) {}

  /** Checks whether a mail would be accepted, without sending one, and what receivers will think of the sender's domain. */
  async check({ transports, problem, from }: MailSender, onStep?: StepListener): Promise<NamedTransportCheckDto> {
    if (problem !== undefined) return { ok: false, verdict: problem, steps: [], transcript: [], sender: [] };
    const [{ steps, transcript, ...report }, sender] = await Promise.all([
      this.transports.checkAll(transports, from.address, onStep),
      this.senderChecks.check(asciiDomainOf(from.address), transports),
    ]);
    return { ...report, steps: [...steps], transcript: [...transcript], sender };
  }
}
