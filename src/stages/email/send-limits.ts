import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { clientNetwork } from '../../core/limits/client-network.js';
import { type Guess, GuessLimits, toVerdict, type Verdict } from '../../core/limits/guess-limits.service.js';
import { mailboxOf } from '../../core/limits/mailbox.js';
import { type Limit, RequestLimits } from '../../core/limits/request-limits.service.js';
import { KnownBrowsers } from '../../core/sessions/known-browsers.js';
import { SecretBox } from '../../database/secret-box.js';
import type { Visitor } from '../../flow-execution/execution.js';
import { secondsIn } from '../../rest/fields/duration.js';
import type { EmailStage } from './email-stage.entity.js';
import type { Recipient } from './recipient.js';

/** Maximum number of codes tried per mail, and per run, which may send several mails. Links are not limited. */
const codesPerMail = 5;
const codesPerRun: Limit = { times: 20, seconds: 86_400 };

/** The decision on a code; `exhausted`: the guesses of the mail or of the run are used up. */
export type CodeVerdict = Verdict | { readonly kind: 'exhausted'; readonly by: 'mail' | 'run' };

/**
 * Counts mails before they are sent and codes before they are verified, across processes. Unknown users are counted like
 * known ones. Keys contain no address. All spellings of a mailbox are one recipient. A browser that has signed in to the
 * account before has counts of its own, which strangers cannot use up.
 */
@Injectable()
export class SendLimits {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
    private readonly guesses: GuessLimits,
    private readonly browsers: KnownBrowsers,
    private readonly secrets: SecretBox,
  ) {}

  /** Counts a mail, including the first one: by client network, and by recipient and stage. */
  async countMail(recipient: Recipient, stage: EmailStage, visitor: Visitor): Promise<Verdict> {
    const { recoveryMaxAttempts, recoveryCacheTimeout } = stage;
    const limit = { times: Math.max(1, recoveryMaxAttempts), seconds: secondsIn(recoveryCacheTimeout) };
    const browser = this.browsers.find(visitor.browser, recipient.user);
    if (browser !== undefined) return toVerdict(await this.limits.count(`mail:${stage.pk}:browser:${browser}`, limit));
    const { mailClientLimit, mailClientWindow } = this.settings;
    const perClient = { times: mailClientLimit, seconds: mailClientWindow };
    const wait = await this.limits.count(`mail:client:${clientNetwork(visitor.clientIp)}`, perClient);
    // A limited client does not use up the recipient's quota.
    if (wait > 0) return { kind: 'limited', wait };
    return this.countByNameAndAddress(`mail:${stage.pk}`, recipient, limit);
  }

  /**
   * Counts a code that was submitted, by mail, run, client network and recipient.
   *
   * @param token key of the mail's token
   * @param run the run that sent the mail
   * @param seconds how long the count is kept; at least the validity of the token
   */
  async countCode(
    token: string,
    run: string,
    recipient: Recipient,
    visitor: Visitor,
    seconds: number,
  ): Promise<CodeVerdict> {
    const ofMail = await this.limits.count(`code:mail:${token}`, { times: codesPerMail, seconds });
    if (ofMail > 0) return { kind: 'exhausted', by: 'mail' };
    // Every mail has a new code; requesting mails must not provide unlimited guesses.
    if ((await this.limits.count(`code:run:${run}`, codesPerRun)) > 0) return { kind: 'exhausted', by: 'run' };
    return this.guesses.count(this.guessOf(recipient, visitor));
  }

  /** Resets the count of wrong codes after a right one. */
  codeSucceeded(recipient: Recipient, visitor: Visitor): Promise<void> {
    return this.guesses.succeeded(this.guessOf(recipient, visitor));
  }

  /** Counts an occurrence, and returns whether it is the first one within a number of seconds. */
  async isFirst(what: string, seconds: number): Promise<boolean> {
    return (await this.limits.count(`first:${what}`, { times: 1, seconds })) === 0;
  }

  /**
   * Counts by the typed name, and by the recipient's address. The latter limit suppresses mails silently, because a
   * refusal would reveal that the name and the address belong together.
   */
  private async countByNameAndAddress(what: string, { typedName, address }: Recipient, limit: Limit): Promise<Verdict> {
    const wait = await this.limits.count(`${what}:asked:${this.identifier(typedName)}`, limit);
    if (wait > 0) return { kind: 'limited', wait };
    const isSuppressed = (await this.limits.count(`${what}:recipient:${this.identifier(address)}`, limit)) > 0;
    return { kind: isSuppressed ? 'suppressed' : 'allowed' };
  }

  private guessOf({ user, typedName, address }: Recipient, { clientIp, browser }: Visitor): Guess {
    return {
      what: 'code',
      clientIp,
      browser: this.browsers.find(browser, user),
      typed: mailboxOf(typedName),
      account: mailboxOf(address),
    };
  }

  private identifier(name: string): string {
    return this.secrets.identifier(`limit:${mailboxOf(name)}`);
  }
}
