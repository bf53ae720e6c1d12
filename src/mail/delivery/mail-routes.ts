import { Logger } from '@nestjs/common';

import type { TransportSettings } from '../transport/mail-transport.js';
import type { MailTransports, OutgoingMail, Outcome } from '../transport/mail-transports.js';
import type { Admission, Contact, ServerCircuits } from './server-circuits.js';
import type { TransportRates } from './transport-rates.js';
import type { Release, TransportSlots } from './transport-slots.js';

/** Milliseconds until the next try of a mail for a slot. */
const slotRetryMs = 500;

/** The way of a mail through the transports of its sender. */
export interface MailRoute {
  /** Transport that was tried last, as `TransportDescription` has it. */
  readonly provider: string;
  /** Sends the mail. While a transport is unreachable, the next one gets it. */
  send(mail: OutgoingMail): Promise<Outcome>;
}

/** No transport takes a mail at present. */
export interface Closed {
  readonly retryAfterMs: number;
  /** For administrators; empty if the server is busy, or rate or concurrency are reached. */
  readonly reason: string;
}

interface Entered {
  readonly settings: TransportSettings;
  /** The transports after this one. */
  readonly others: readonly TransportSettings[];
  readonly done: (contact: Contact) => void;
}

/** Chooses the transports of mails: the first one of a sender whose circuit is closed. A mail waits for rate and concurrency. */
export class MailRoutes {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly transports: MailTransports,
    private readonly circuits: ServerCircuits,
    private readonly slots: TransportSlots,
    private readonly rates: TransportRates,
  ) {}

  /**
   * Runs `work` with the route of a mail, which has a slot of a server until `work` ends.
   *
   * @param list transports in the order in which they are tried
   * @returns undefined if no transport takes the mail at present
   */
  async use(
    list: readonly TransportSettings[],
    work: (route: MailRoute) => Promise<void>,
  ): Promise<Closed | undefined> {
    const entrance = await this.enter(list);
    if ('reason' in entrance) return entrance;
    let current = entrance;
    let contact: Contact = 'reached';
    const send = async (mail: OutgoingMail): Promise<Outcome> => {
      const reasons: string[] = [];
      for (;;) {
        const outcome = await this.transports.send(current.settings, mail);
        const isAway = outcome.kind === 'deferred' && outcome.unreachable;
        contact = isAway ? { failure: outcome.reason } : 'reached';
        if (outcome.kind === 'accepted' || outcome.kind === 'captured') return outcome;
        reasons.push(outcome.reason);
        // Without an answer the server may have the mail, and another one would send it twice.
        const next = !isAway || isDoubtful(outcome) ? undefined : await this.next(current);
        if (next === undefined) return { ...outcome, reason: reasons.join(' ') };
        this.logger.warn({ message: 'handed over', id: mail.pk, reason: outcome.reason });
        current.done(contact);
        [current, contact] = [next, 'reached'];
      }
    };
    const { transports } = this;
    const route = {
      send,
      get provider(): string {
        return transports.describe(current.settings).provider;
      },
    };
    try {
      await work(route);
    } finally {
      current.done(contact);
    }
    return undefined;
  }

  /** Returns the next transport that takes the mail; undefined if there is none. */
  private async next({ others }: Entered): Promise<Entered | undefined> {
    const entrance = others.length === 0 ? undefined : await this.enter(others);
    return entrance === undefined || 'reason' in entrance ? undefined : entrance;
  }

  private async enter(list: readonly TransportSettings[]): Promise<Entered | Closed> {
    let closed: Closed | undefined;
    for (const [index, settings] of list.entries()) {
      const { server } = this.transports.describe(settings);
      const others = list.slice(index + 1);
      const admission = await this.admissionTo(server, others.length > 0);
      if (admission.admitted) return this.limited(settings, others, admission.done);
      const { retryAfterMs, reason } = admission;
      const isEarlier = closed === undefined || retryAfterMs < closed.retryAfterMs;
      const why =
        reason === 'busy' ? '' : `${server} is tried again later. It failed: ${this.circuits.failureOf(server)}`;
      if (isEarlier) closed = { retryAfterMs, reason: why };
      // A server that answers will soon be free.
      if (!this.circuits.isFailing(server)) break;
    }
    if (closed === undefined) throw new Error('a sender without a transport');
    return closed;
  }

  /** Returns the entrance to a transport within its rate and concurrency. */
  private async limited(
    settings: TransportSettings,
    others: readonly TransportSettings[],
    done: Entered['done'],
  ): Promise<Entered | Closed> {
    let release;
    try {
      release = await this.slots.take(settings);
      const retryAfterMs = release === undefined ? slotRetryMs : await this.rates.take(settings);
      if (release !== undefined && retryAfterMs === 0) return { settings, others, done: leave(done, release) };
      leave(done, release)(undefined);
      return { retryAfterMs, reason: '' };
    } catch (error) {
      leave(done, release)(undefined);
      throw error;
    }
  }

  private async admissionTo(server: string, hasOthers: boolean): Promise<Admission> {
    if (server === '') return { admitted: true, done: () => undefined };
    // Nothing waits for the mail that probes a server while others are there.
    return hasOthers && this.circuits.isFailing(server) ? this.circuits.admit(server) : this.circuits.enter(server);
  }
}

function leave(done: Entered['done'], release: Release | undefined): Entered['done'] {
  return (contact) => {
    done(contact);
    void release?.();
  };
}

function isDoubtful(outcome: Outcome): boolean {
  return outcome.kind === 'deferred' && outcome.isDoubtful === true;
}
