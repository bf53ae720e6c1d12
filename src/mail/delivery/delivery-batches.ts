import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { isTransient, retryTransient } from '../../database/transient-errors.js';
import { Batcher } from '../../rest/cache/batcher.js';
import { type DueMessage, type FinishedAttempt, MessageStore, type Postponement } from '../outbox/message-store.js';
import { type MailSender, MailSenders } from './mail-senders.js';

/** A message that waits, and who sends it; no sender if its stage was deleted. */
export interface DueMail {
  readonly message: DueMessage;
  readonly sender: MailSender | undefined;
}

/**
 * Milliseconds that messages wait for each other before they are sent, when there are many. After they were sent they
 * never do: until it is written down, a mail that was accepted would be sent again if the process died.
 */
const gatherMs = 20;

/** What the database does for the messages that a worker sends, each step for many of them at once. */
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
  private readonly ends = new Batcher((attempts: readonly FinishedAttempt[]) => this.finishAll(attempts), {
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
  ) {}

  /** The message and its sender as they are now; undefined if nobody wants it any more. */
  find(pk: string): Promise<DueMail | undefined> {
    return this.finds.run(pk);
  }

  /** Takes the message to send it. @returns the number of the try, or undefined if it cannot be had */
  claim(pk: string): Promise<number | undefined> {
    return this.claims.run(pk);
  }

  /**
   * Records the result of an attempt. After transient errors it retries until it succeeds or `giveUp` is called: an
   * accepted mail that is not recorded is sent again.
   *
   * @returns whether this worker still had the message; if not, nothing was recorded
   */
  finish(attempt: FinishedAttempt): Promise<boolean> {
    return retryTransient(() => this.ends.run(attempt), this.stopping.signal);
  }

  /** Stops retrying, at shutdown. */
  giveUp(): void {
    this.stopping.abort();
  }

  /** Puts the message off. */
  postpone(postponement: Postponement): Promise<void> {
    return this.postponements.run(postponement);
  }

  private async findAll(pks: readonly string[]): Promise<(DueMail | undefined)[]> {
    const messages = new Map((await this.store.find(pks)).map((message) => [message.pk, message]));
    const senders = await this.senders.of(new Set([...messages.values()].map(({ stageId }) => stageId)));
    return pks.map((pk) => {
      const message = messages.get(pk);
      return message === undefined ? undefined : { message, sender: senders.get(message.stageId) };
    });
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
