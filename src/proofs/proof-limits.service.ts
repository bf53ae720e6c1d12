import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { clientNetwork } from '../core/limits/client-network.js';
import { type Guess, GuessLimits, toVerdict, type Verdict } from '../core/limits/guess-limits.service.js';
import { mailboxOf } from '../core/limits/mailbox.js';
import { type Limit, RequestLimits } from '../core/limits/request-limits.service.js';
import { KnownBrowsers } from '../core/sessions/known-browsers.js';
import type { User } from '../core/users/user.entity.js';
import { SecretBox } from '../database/secret-box.js';

/** Maximum number of codes tried per mail, and per run, which may send several mails. Links are not limited. */
export const codesPerMail = 5;
const codesPerRun: Limit = { times: 20, seconds: 86_400 };

/** The recipient of a mail that proves an address. */
export interface ProofRecipient {
  /** Undefined for an address without an account, and for an unknown user, which the visitor must not learn. */
  readonly user: Pick<User, 'pk' | 'passwordChangeDate'> | undefined;
  readonly address: string;
  /** What the visitor typed: a user name or an address. */
  readonly typedName: string;
}

/** The client that requests a mail or enters a code. */
export interface ProofClient {
  /** Undefined for an application that does not name the address of its visitor. */
  readonly clientIp: string | undefined;
  /** The cookie of a browser that may have signed in before. */
  readonly browser?: string | undefined;
}

/** The mails that one recipient can get, counted separately for each source: a stage, or the service itself. */
export interface MailLimit extends Limit {
  readonly source: string;
}

/** The decision on a code; `exhausted`: the guesses of the mail or of the run are used up. */
export type CodeVerdict = Verdict | { readonly kind: 'exhausted'; readonly by: 'mail' | 'run' };

/**
 * Counts mails before they are sent and codes before they are verified, across processes. Unknown users are counted like
 * known ones. Keys contain no address. All spellings of a mailbox are one recipient. A browser that has signed in to the
 * account before has counts of its own, which strangers cannot use up.
 */
@Injectable()
export class ProofLimits {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
    private readonly guesses: GuessLimits,
    private readonly browsers: KnownBrowsers,
    private readonly secrets: SecretBox,
  ) {}

  /** Counts a mail, including the first one: by client network, and by recipient and source. */
  async countMail(recipient: ProofRecipient, limit: MailLimit, client: ProofClient): Promise<Verdict> {
    const { source } = limit;
    const browser = this.browsers.find(client.browser, recipient.user);
    if (browser !== undefined) return toVerdict(await this.limits.count(`mail:${source}:browser:${browser}`, limit));
    const wait = await this.countClient(client);
    // A limited client does not use up the recipient's quota.
    if (wait > 0) return { kind: 'limited', wait };
    return this.countByNameAndAddress(`mail:${source}`, recipient, limit);
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
    recipient: ProofRecipient,
    client: ProofClient,
    seconds: number,
  ): Promise<CodeVerdict> {
    const ofMail = await this.limits.count(`code:mail:${token}`, { times: codesPerMail, seconds });
    if (ofMail > 0) return { kind: 'exhausted', by: 'mail' };
    // Every mail has a new code; requesting mails must not provide unlimited guesses.
    if ((await this.limits.count(`code:run:${run}`, codesPerRun)) > 0) return { kind: 'exhausted', by: 'run' };
    return this.guesses.count(this.guessOf(recipient, client));
  }

  /** Resets the count of wrong codes after a right one. */
  codeSucceeded(recipient: ProofRecipient, client: ProofClient): Promise<void> {
    return this.guesses.succeeded(this.guessOf(recipient, client));
  }

  /** Counts an occurrence, and returns whether it is the first one within a number of seconds. */
  async isFirst(what: string, seconds: number): Promise<boolean> {
    return (await this.limits.count(`first:${what}`, { times: 1, seconds })) === 0;
  }

  /** @returns seconds to wait; 0: allowed */
  private async countClient({ clientIp }: ProofClient): Promise<number> {
    if (clientIp === undefined) return 0;
    const { mailClientLimit: times, mailClientWindow: seconds } = this.settings;
    return this.limits.count(`mail:client:${clientNetwork(clientIp)}`, { times, seconds });
  }

  /**
   * Counts by the typed name, and by the recipient's address. The latter limit suppresses mails silently, because a
   * refusal would reveal that the name and the address belong together.
   */
  private async countByNameAndAddress(
    what: string,
    { typedName, address }: ProofRecipient,
    limit: Limit,
  ): Promise<Verdict> {
    const wait = await this.limits.count(`${what}:asked:${this.identifier(typedName)}`, limit);
    if (wait > 0) return { kind: 'limited', wait };
    const isSuppressed = (await this.limits.count(`${what}:recipient:${this.identifier(address)}`, limit)) > 0;
    return { kind: isSuppressed ? 'suppressed' : 'allowed' };
  }

  private guessOf({ user, typedName, address }: ProofRecipient, { clientIp, browser }: ProofClient): Guess {
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
