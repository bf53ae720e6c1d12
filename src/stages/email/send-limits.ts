import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { clientNetwork } from '../../core/limits/client-network.js';
import { type Limit, RequestLimits } from '../../core/limits/request-limits.service.js';
import { SecretBox } from '../../database/secret-box.js';
import { secondsIn } from '../../rest/fields/duration.js';
import type { EmailStage } from './email-stage.entity.js';
import type { Recipient } from './recipient.js';

/** Wrong codes for one mail, and for one recipient in a day. A million codes there are; the link is not limited. */
const codesPerMail = 5;
const codesPerRecipient: Limit = { times: 20, seconds: 86_400 };

/**
 * `open`: it may be done. `told`: it may not, and the visitor is told when it may. `silent`: it may not, and the
 * visitor is not told, since what they typed does not say that it would be the same recipient.
 */
export type Verdict =
  { readonly kind: 'open' } | { readonly kind: 'silent' } | { readonly kind: 'told'; readonly wait: number };

/**
 * Counts mails and guesses of codes before they are done, for every process together (flow execution, section 10.7).
 * Somebody whom there is not is counted like anybody else. Keys hold no address.
 */
@Injectable()
export class SendLimits {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
    private readonly secrets: SecretBox,
  ) {}

  /** Counts a mail, the first one too: by the client's address, and by recipient and stage. */
  async mail(recipient: Recipient, stage: EmailStage, clientIp: string): Promise<Verdict> {
    const { mailClientLimit, mailClientWindow } = this.settings;
    const perClient = { times: mailClientLimit, seconds: mailClientWindow };
    const wait = await this.limits.count(`mail:client:${clientNetwork(clientIp)}`, perClient);
    // A client that is held back does not use up what is left to the recipient.
    if (wait > 0) return { kind: 'told', wait };
    const { recoveryMaxAttempts, recoveryCacheTimeout } = stage;
    const times = Math.max(1, recoveryMaxAttempts);
    return this.both(`mail:${stage.pk}`, recipient, { times, seconds: secondsIn(recoveryCacheTimeout) });
  }

  /**
   * Counts a guess of the code in a mail.
   *
   * @param token the key of the mail's token
   * @param seconds at least as long as the token is valid
   */
  async code(token: string, recipient: Recipient, seconds: number): Promise<Verdict> {
    const wait = await this.limits.count(`code:${token}`, { times: codesPerMail, seconds });
    if (wait > 0) return { kind: 'told', wait };
    // Every mail brings a new code, so a new mail must not bring as many guesses as one likes.
    return this.both('code', recipient, codesPerRecipient);
  }

  /** Counts what happens for the first time in so many seconds. */
  async isFirst(what: string, seconds: number): Promise<boolean> {
    return (await this.limits.count(`first:${what}`, { times: 1, seconds })) === 0;
  }

  /**
   * Counts by what the visitor typed, and by where it goes. A user name and an address are two names of one recipient;
   * that they are must not be found out by what is refused.
   */
  private async both(what: string, { asked, address }: Recipient, limit: Limit): Promise<Verdict> {
    const wait = await this.limits.count(`${what}:asked:${this.hidden(asked)}`, limit);
    if (wait > 0) return { kind: 'told', wait };
    const silent = (await this.limits.count(`${what}:recipient:${this.hidden(address)}`, limit)) > 0;
    return { kind: silent ? 'silent' : 'open' };
  }

  private hidden(name: string): string {
    return this.secrets.identifier(`limit:${name.trim().toLowerCase()}`);
  }
}
