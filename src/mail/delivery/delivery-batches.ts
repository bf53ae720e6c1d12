import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { isTransient, retryTransient } from '../../database/transient-errors.js';
import { Batcher } from '../../rest/cache/batcher.js';
import type { FinishedAttempt } from '../outbox/finished-attempt.js';
import { type DueMessage, MessageStore, type Postponement } from '../outbox/message-store.js';
import { SuppressionService } from '../suppressions/suppression.service.js';
import { NamedSenders } from '../transports/named-senders.js';
import { type MailSender, MailSenders } from './mail-senders.js';

/** A waiting message with its sender; undefined if the sending stage or transport was deleted. */
export interface DueMail {
  readonly message: DueMessage;
  readonly sender: MailSender | undefined;
  /** Why the address of the recipient gets no mail, for administrators; undefined if it does. */
  readonly suppression: string | undefined;
}

/**
 * Milliseconds to gather a batch under load, before sending. Results are recorded without a delay: an accepted mail is
 * sent again if the process dies before that.
 */
const gatherMs = 20;

/** Batches the database statements of a worker: one statement per step serves many messages. */
@Injectable()
export class DeliveryBatches {
  private readonly finds = new Batcher((pks: readonly string[]) => this.findAll(pks), {
    gatherMs,
    failsAll: isTransient,
  });
  private readonly claims = new Batcher((pks: readonly string[]) => this.claimAll(pks), {
    gatherMs,
    failsAll: isTransient,
  });
  private readonly finishes = new Batcher((attempts: readonly FinishedAttempt[]) => this.finishAll(attempts), {
    failsAll: isTransient,
  });
  private readonly postponements = new Batcher((all: readonly Postponement[]) => this.postponeAll(all), {
    failsAll: isTransient,
  });

  private readonly stopping = new AbortController();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly store: MessageStore,
    private readonly senders: MailSenders,
    private readonly named: NamedSenders,
    private readonly suppressions: SuppressionService,
  ) {}

  /** Returns the message and its sender; undefined if it is no longer waiting. */
  find(pk: string): Promise<DueMail | undefined> {
    return this.finds.run(pk);
  }

  /** Claims the message for sending. @returns the attempt number; undefined if the message cannot be claimed */
  claim(pk: string): Promise<number | undefined> {
    return this.claims.run(pk);
  }

  /**
   * Records the result of an attempt. After transient errors it retries until it succeeds or `stopRetrying` is called:
   * an accepted mail that is not recorded is sent again.
   *
   * @returns false, with nothing recorded, if another worker has claimed the message
   */
  finish(attempt: FinishedAttempt): Promise<boolean> {
    return retryTransient(() => this.finishes.run(attempt), this.stopping.signal);
  }

  /** Stops retrying, at shutdown. */
  stopRetrying(): void {
    this.stopping.abort();
  }

  /** Postpones the message. */
  postpone(postponement: Postponement): Promise<void> {
    return this.postponements.run(postponement);
  }

  private async findAll(pks: readonly string[]): Promise<(DueMail | undefined)[]> {
    const messages = new Map((await this.store.find(pks)).map((message) => [message.pk, message]));
    const all = [...messages.values()];
    const [senderOf, suppressions] = await Promise.all([
      this.sendersOf(all),
      this.suppressions.reasonsFor(all.map(({ recipientAddress }) => recipientAddress)),
    ]);
    return pks.map((pk) => {
      const message = messages.get(pk);
      if (message === undefined) return undefined;
      return { message, sender: senderOf(message), suppression: suppressions.get(message.recipientAddress) };
    });
  }

  /** Returns the sender of each of these messages: its transport, or else its stage. */
  private async sendersOf(messages: readonly DueMessage[]): Promise<(message: DueMessage) => MailSender | undefined> {
    const transports = new Set(messages.flatMap(({ transportId }) => transportId ?? []));
    const stages = messages.filter(({ transportId }) => transportId === null).map(({ stageId }) => stageId);
    const [named, others] = await Promise.all([this.named.of([...transports]), this.senders.of(new Set(stages))]);
    return ({ transportId, stageId }) => (transportId === null ? others.get(stageId) : named.get(transportId));
  }

  private async claimAll(pks: readonly string[]): Promise<(number | undefined)[]> {
    const numbers = await this.store.claim(pks, this.settings.mailLease);
    return pks.map((pk) => numbers.get(pk));
  }

  private async finishAll(attempts: readonly FinishedAttempt[]): Promise<boolean[]> {
    const finished = await this.store.finish(attempts);
    return attempts.map(({ pk }) => finished.has(pk));
  }

  private async postponeAll(postponements: readonly Postponement[]): Promise<undefined[]> {
    await this.store.postpone(postponements);
    return postponements.map(() => undefined);
  }
}
