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

/** Wrong codes for one mail, and for one run of a flow, which may send several mails. The link is not limited. */
const codesPerMail = 5;
const codesPerRun: Limit = { times: 20, seconds: 86_400 };

/** What a limit says to a code; `exhausted`: this mail or this run has had all its guesses. */
export type CodeVerdict = Verdict | { readonly kind: 'exhausted'; readonly by: 'mail' | 'run' };

/**
 * Counts mails and guesses of codes before they are done, for every process together (flow execution, section 10.7).
 * Unknown users are counted like known ones. Keys hold no address. All spellings of one mailbox are one recipient. A
 * browser that has signed in to the account before has counts of its own, so that strangers cannot use them up.
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

  /** Counts a mail, the first one too: by the client's address, and by recipient and stage. */
  async mail(recipient: Recipient, stage: EmailStage, visitor: Visitor): Promise<Verdict> {
    const { recoveryMaxAttempts, recoveryCacheTimeout } = stage;
    const limit = { times: Math.max(1, recoveryMaxAttempts), seconds: secondsIn(recoveryCacheTimeout) };
    const browser = this.browsers.find(visitor.browser, recipient.user);
    if (browser !== undefined) return toVerdict(await this.limits.count(`mail:${stage.pk}:browser:${browser}`, limit));
    const { mailClientLimit, mailClientWindow } = this.settings;
    const perClient = { times: mailClientLimit, seconds: mailClientWindow };
    const wait = await this.limits.count(`mail:client:${clientNetwork(visitor.clientIp)}`, perClient);
    // A client that is held back does not use up what is left to the recipient.
    if (wait > 0) return { kind: 'limited', wait };
    return this.both(`mail:${stage.pk}`, recipient, limit);
  }

  /**
   * Counts a guess of the code in a mail: for the mail, the run, the client's network and the recipient.
   *
   * @param token the key of the mail's token
   * @param run the run that the mail was sent in
   * @param seconds at least as long as the token is valid
   */
  async code(
    token: string,
    run: string,
    recipient: Recipient,
    visitor: Visitor,
    seconds: number,
  ): Promise<CodeVerdict> {
    const ofMail = await this.limits.count(`code:mail:${token}`, { times: codesPerMail, seconds });
    if (ofMail > 0) return { kind: 'exhausted', by: 'mail' };
    // Every mail brings a new code, so a new mail must not bring as many guesses as one likes.
    if ((await this.limits.count(`code:run:${run}`, codesPerRun)) > 0) return { kind: 'exhausted', by: 'run' };
    return this.guesses.count(this.guessOf(recipient, visitor));
  }

  /** Forgets the wrong codes of those who have typed the right one. */
  codeWasRight(recipient: Recipient, visitor: Visitor): Promise<void> {
    return this.guesses.succeeded(this.guessOf(recipient, visitor));
  }

  /** Counts what happens for the first time in so many seconds. */
  async isFirst(what: string, seconds: number): Promise<boolean> {
    return (await this.limits.count(`first:${what}`, { times: 1, seconds })) === 0;
  }

  /**
   * Counts by what the visitor typed, and by where the mail goes. A user name and an address may belong to one
   * recipient; a refusal must not reveal that.
   */
  private async both(what: string, { asked, address }: Recipient, limit: Limit): Promise<Verdict> {
    const wait = await this.limits.count(`${what}:asked:${this.hidden(asked)}`, limit);
    if (wait > 0) return { kind: 'limited', wait };
    const isSuppressed = (await this.limits.count(`${what}:recipient:${this.hidden(address)}`, limit)) > 0;
    return { kind: isSuppressed ? 'suppressed' : 'allowed' };
  }

  private guessOf({ user, asked, address }: Recipient, { clientIp, browser }: Visitor): Guess {
    return {
      what: 'code',
      clientIp,
      browser: this.browsers.find(browser, user),
      typed: mailboxOf(asked),
      account: mailboxOf(address),
    };
  }

  private hidden(name: string): string {
    return this.secrets.identifier(`limit:${mailboxOf(name)}`);
  }
}
