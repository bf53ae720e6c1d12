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

/** Finds the sender behind a stage, as it is set up now. */
export type SenderSource = (stage: string) => Promise<MailSender | undefined>;

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

  /** @returns undefined if that stage does not exist any more */
  async of(stage: string | null): Promise<MailSender | undefined> {
    if (stage === null) return this.global();
    for (const source of this.sources) {
      const sender = await source(stage);
      if (sender !== undefined) return sender;
    }
    return undefined;
  }
}
