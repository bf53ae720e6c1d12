import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'vitest';

import { MailboxAccess } from '../../src/mail/mailbox/mailbox-access.js';
import { readMail } from '../../src/mail/mailbox/received-mail.js';
import { Mailbox } from '../../src/mail/transport/mailbox/mailbox.js';
import { BlueprintStart } from '../../src/managed/blueprint-start.service.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

export const recoveryPage = '/if/flow/default-recovery-flow/';
export const enrollmentPage = '/if/flow/default-enrollment-flow/';
export const signInPage = '/if/flow/default-authentication-flow/';

/** The link and code of a mail in the mailbox. */
interface MailedLink {
  /** The link as an address of the service under test. */
  readonly url: string;
  readonly token: string;
  readonly code: string;
}

/** The service without settings: default flows, and a mailbox instead of a mail server. */
export interface DefaultService extends TestApp {
  /** Waits for the `number`th mail (from 1) to an address. */
  mailTo(address: string, number?: number): Promise<MailedLink>;
  /** Returns the mailbox link that the start prints. */
  mailboxLink(): Promise<string>;
}

/** @param settings further settings */
export async function startDefaultService(settings: Record<string, string> = {}): Promise<DefaultService> {
  const folder = await mkdtemp(join(tmpdir(), 'browser-'));
  const app = await startTestApp({ DATA_DIR: folder, DATABASE_URL: '', ...settings });
  await app.nest.get(BlueprintStart, { strict: false }).run();
  const mailbox = app.nest.get(Mailbox, { strict: false });
  const mailsTo = async (address: string): Promise<string[]> => {
    const kept = [...(await mailbox.list())].reverse();
    const mails = await Promise.all(
      kept.map(async ({ pk }) => {
        const found = await mailbox.find(pk);
        return found === undefined ? undefined : readMail(found.source);
      }),
    );
    const texts = mails.flatMap((mail) => (mail?.to.includes(address) === true ? [mail.text] : []));
    // Notices, such as of a new password, have no link of a flow.
    return texts.filter((text) => text.includes('flow_token='));
  };
  return {
    ...app,
    mailTo: async (address, number = 1) => {
      await expect
        .poll(async () => (await mailsTo(address)).length, { timeout: 60_000 })
        .toBeGreaterThanOrEqual(number);
      const text = (await mailsTo(address))[number - 1] ?? '';
      const link = new URL(/https?:\/\/\S+flow_token=\S+/.exec(text)?.[0] ?? '');
      return {
        url: `${app.url}${link.pathname}${link.search}`,
        token: link.searchParams.get('flow_token') ?? '',
        code: /\b\d{6}\b/.exec(text)?.[0] ?? '',
      };
    },
    mailboxLink: () => app.nest.get(MailboxAccess, { strict: false }).link(app.url),
    stop: async () => {
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
