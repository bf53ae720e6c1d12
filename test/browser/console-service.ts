import { randomUUID } from 'node:crypto';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, vi } from 'vitest';

import { createPasswordUser } from '../factories/password-user.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { openContext } from './browser.js';
import { type DefaultService, startDefaultService } from './default-flows.js';
import { signIn } from './visits.js';

/** Markup in every text that a stranger can choose. */
export const markup = `<img src="x" onerror="document.title='hacked'">`;

/** The service with the console, an SMTP server that refuses some recipients, and mails in every state. */
export interface ConsoleService extends DefaultService {
  readonly administrator: { readonly username: string; readonly password: string };
  /** Sends mails of the library's stage. @returns their keys, once the service has finished or put off each */
  send(...mails: readonly { readonly to: string; readonly subject: string }[]): Promise<string[]>;
  /** Opens a page of the console in a new browser, where the user signs in first. */
  open(browser: Browser, path: string, visit?: ConsoleVisit): Promise<{ page: Page; complaints: string[] }>;
}

interface ConsoleVisit {
  readonly options?: BrowserContextOptions;
  /** Other than the administrator. */
  readonly user?: { readonly username: string; readonly password: string };
}

export async function startConsoleService(): Promise<ConsoleService> {
  const sink = new SmtpSink((recipient) => {
    if (recipient.startsWith('nobody')) throw new SmtpRefusal(550, `5.1.1 <${recipient}>: No such mailbox here`);
    if (recipient.startsWith('markup')) throw new SmtpRefusal(550, `5.7.1 ${markup}`);
    if (recipient.startsWith('busy')) throw new SmtpRefusal(451, '4.7.1 Greylisted, come back in some minutes');
  });
  const port = await sink.listen();
  const app = await startDefaultService();
  const stage = await createSendingStage(app, port, { name: 'Library sign-up' });
  await app.api.post('/mail/transports/', { name: 'Library mail', url: `smtp://127.0.0.1:${port}` });
  const groups = await app.api.get('/core/groups/?is_superuser=true');
  const administrator = await createPasswordUser(app.api, {
    username: 'grace',
    name: 'Grace Hopper',
    email: 'grace@library.example',
    groups: [groups.body.results[0].pk],
  });
  const requireSettled = async (pk: string): Promise<void> => {
    const { state } = (await app.api.get(`/mail/messages/${pk}/`)).body;
    if (['queued', 'sending'].includes(state)) throw new Error(`the mail ${pk} is still ${state}`);
  };
  return {
    ...app,
    administrator,
    send: async (...mails) => {
      const keys = await enqueue(
        app,
        ...mails.map(({ to, subject }) => mailFrom(stage, to, { subject, fromAddress: 'books@library.example' })),
      );
      for (const pk of keys) await vi.waitFor(() => requireSettled(pk), { timeout: 30_000 });
      return keys;
    },
    open: async (browser, path, { options = {}, user = administrator } = {}) => {
      const { context, complaints } = await openContext(browser, { baseURL: app.url, ...options });
      await context.addInitScript(clickCounter);
      const page = await context.newPage();
      await page.goto(path);
      await signIn(page, user.username, user.password);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.evaluate(`sessionStorage.removeItem('clicks')`);
      return { page, complaints };
    },
    stop: async () => {
      await app.stop();
      await sink.close();
    },
  };
}

/** Counts the clicks of a tab, on all its pages. */
const clickCounter = `addEventListener('pointerdown', () => {
  sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks')) + 1));
}, true)`;

/** Fails if a task took no click, or more than eight, since the console was opened. */
export async function expectFewClicks(page: Page): Promise<void> {
  const clicks = await page.evaluate<number>(`Number(sessionStorage.getItem('clicks'))`);
  expect(clicks).toBeGreaterThan(0);
  expect(clicks).toBeLessThanOrEqual(8);
}

/** Returns the name of a new recipient, who gets no mail otherwise. */
export const newAddress = (kind: string): string => `${kind}-${randomUUID().slice(0, 8)}@readers.example`;
