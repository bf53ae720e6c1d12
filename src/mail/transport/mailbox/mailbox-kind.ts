import { Inject, Injectable } from '@nestjs/common';

import { dataFolderProblem } from '../../../config/rules.js';
import { publicUrl, SETTINGS, type Settings } from '../../../config/settings.js';
import type { MailTransport, TransportFactory, TransportKind, TransportSettings } from '../mail-transport.js';
import type { Outcome } from '../outcome.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import type { Report } from '../report.js';
import { readTransportUrl } from '../transport-url.js';
import { Mailbox } from './mailbox.js';

/** The local mailbox, for trials without a mail server. It has no settings. */
type MailboxSettings = TransportSettings;

/** Keeps mails in the local mailbox. */
@Injectable()
class MailboxTransport implements TransportFactory<MailboxSettings>, MailTransport {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailbox: Mailbox,
  ) {}

  open(): MailTransport {
    return this;
  }

  async send(mail: OutgoingMail): Promise<Outcome> {
    const refusal = await this.mailbox.keep(mail);
    if (refusal !== undefined) return { kind: 'refused', reason: refusal };
    return { kind: 'captured', reason: 'No mail server is set (EMAIL_HOST): the mail is in the local mailbox.' };
  }

  check(): Promise<Report> {
    const verdict =
      'Nothing would be sent: this stage uses the global settings, and no mail server is set there (EMAIL_HOST). ' +
      `Mails are kept in the local mailbox, ${publicUrl(this.settings)}/dev/mailbox/.`;
    return Promise.resolve({ ok: false, verdict, steps: [], transcript: [] });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The local mailbox. */
export const mailboxKind: TransportKind = {
  name: 'mailbox',
  schemes: ['mailbox'],
  secrets: [],
  secretParts: () => [],
  parse: (text, { dataDir }) => {
    const { host, username, path } = readTransportUrl(text, []);
    if (host !== '' || username !== '' || path !== '') throw new Error('must be mailbox:// without anything after it');
    const problem = dataFolderProblem(dataDir);
    if (problem !== undefined) throw new Error(`needs DATA_DIR, which ${problem}`);
    return { kind: 'mailbox' };
  },
  problem: () => undefined,
  describe: () => ({ provider: 'mailbox', server: '' }),
  factory: MailboxTransport,
  providers: [Mailbox],
};
