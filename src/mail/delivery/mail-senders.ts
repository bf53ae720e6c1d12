import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { globalSmtpSettings, type SmtpSettings } from '../transport/smtp-settings.js';

/** Who sends a mail, and over which server. */
export interface MailSender {
  /** Undefined: there is no server, mails go to the local mailbox. */
  readonly smtp: SmtpSettings | undefined;
  readonly fromAddress: string;
  /** What it is called in events and lists. */
  readonly name: string;
  /** Why nothing can be sent for it just now, for an administrator. */
  readonly problem?: string;
}

/** Finds the senders behind stages by their keys, as they are set up now; those that it does not know are left out. */
export type SenderSource = (stages: readonly string[]) => Promise<ReadonlyMap<string, MailSender>>;

/** Knows who sends mails. The kinds of stages that send any tell it how to find theirs. */
@Injectable()
export class MailSenders {
  private readonly sources: SenderSource[] = [];

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  register(source: SenderSource): void {
    this.sources.push(source);
  }

  /** The service's own server and address. */
  global(): MailSender {
    return { smtp: globalSmtpSettings(this.settings), fromAddress: this.settings.emailFrom, name: '' };
  }

  /** The sender behind each of these stages; none for a stage that does not exist any more. Null is the service. */
  async of(stages: ReadonlySet<string | null>): Promise<ReadonlyMap<string | null, MailSender>> {
    const keys = [...stages].filter((stage) => stage !== null);
    const found = keys.length === 0 ? [] : await Promise.all(this.sources.map((source) => source(keys)));
    return new Map<string | null, MailSender>([[null, this.global()], ...found.flatMap((senders) => [...senders])]);
  }
}
