import { Injectable, Logger } from '@nestjs/common';

/** Called with the key of a mail that has failed, was discarded by its delivery, or came back. */
type Listener = (pk: string) => Promise<void>;

/**
 * Registry of those that wait for the end of mails. A listener is called once the state is committed, and not at all if the
 * process dies before: what it does must be found without it too.
 */
@Injectable()
export class MailFailures {
  private readonly logger = new Logger('Mail');
  private readonly listeners: Listener[] = [];

  register(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Calls the listeners. Never throws: the delivery of other mails must not depend on them. */
  async notify(pk: string): Promise<void> {
    for (const listener of this.listeners) {
      await listener(pk).catch((error: unknown) => {
        this.logger.warn({ message: 'cannot pass on that a mail has failed', id: pk, error: String(error) });
      });
    }
  }
}
