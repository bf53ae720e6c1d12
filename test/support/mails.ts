import { randomUUID } from 'node:crypto';

import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { type NewMail, Outbox } from '../../src/mail/outbox/outbox.service.js';
import { EmailStage } from '../../src/stages/email/email-stage.entity.js';
import type { TestApp } from './test-app.js';

/** Creates an email stage that sends through the SMTP server at a port of 127.0.0.1. @returns its key */
export async function createSendingStage(app: TestApp, port: number, more: Partial<EmailStage> = {}): Promise<string> {
  const stage = Object.assign(new EmailStage(), { pk: randomUUID(), name: `stage ${randomUUID()}`, port }, more);
  await app.dataSource.manager.insert(EmailStage, { ...stage, host: more.host ?? '127.0.0.1' });
  return stage.pk;
}

/** Returns a mail with a link, from a stage to an address. */
export function mailFrom(stage: string | null, address: string, more: Partial<NewMail> = {}): NewMail {
  return {
    stage,
    fromAddress: 'sender@example.org',
    recipient: { name: 'Alice', address },
    template: 'email/account_confirmation.html',
    subject: 'Confirm',
    locale: 'en',
    data: {
      user: { username: 'alice', name: 'Alice', email: address },
      link: { path: '/if/flow/sign-up/', query: '', parameter: 'flow_token', key: randomUUID() },
      expires: new Date(Date.now() + 3_600_000).toISOString(),
    },
    deadline: null,
    ...more,
  };
}

/** Enqueues mails in one transaction. @returns their keys */
export async function enqueue(app: TestApp, ...mails: NewMail[]): Promise<string[]> {
  const outbox = app.nest.get(Outbox, { strict: false });
  return app.dataSource.transaction(async (manager) => {
    const keys: string[] = [];
    for (const mail of mails) keys.push(await outbox.enqueue(manager, mail));
    return keys;
  });
}

/** Loads a message with its attempts in order. */
export function messageOf(app: TestApp, pk: string): Promise<MailMessage> {
  return app.dataSource.manager.findOneOrFail(MailMessage, {
    where: { pk },
    relations: { deliveryAttempts: true },
    order: { deliveryAttempts: { number: 'ASC' } },
  });
}
