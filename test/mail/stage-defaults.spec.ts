import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { EmailStageRequestDto } from '../../src/stages/email/dto/email-stage.dto.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { type CollectedMail, CollectingServer } from '../support/smtp/collecting-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let server: CollectingServer;

beforeAll(async () => {
  server = await CollectingServer.start();
  app = await startTestApp({ EMAIL_FROM: 'Books <books@library.example>', BRAND_NAME: 'City Library' });
});
afterAll(async () => {
  await app.stop();
  await server.stop();
});

/** What authentik's API shows of a stage that was created with a name only. */
const wireDefaults = {
  from_address: 'system@authentik.local',
  subject: 'authentik',
  template: 'email/password_reset.html',
};

/** Sender in header and envelope, subject, and text of a mail. */
interface SentMail {
  readonly sender: unknown;
  readonly subject: string | undefined;
  readonly text: string;
}

async function mailTo(address: string): Promise<SentMail> {
  const find = (): CollectedMail | undefined => server.mails.find(({ to }) => to.includes(address));
  await expect.poll(find, { timeout: 20_000 }).toBeDefined();
  const { from: envelope, parsed } = find()!;
  const [{ name, address: header } = { name: '', address: '' }] = parsed.from?.value ?? [];
  return { sender: { name, header, envelope }, subject: parsed.subject, text: parsed.text ?? '' };
}

/** Recovers an account in a flow with such a stage. @returns the mail */
async function recover(email: Partial<EmailStageRequestDto>): Promise<SentMail> {
  const { slug, stage } = await createProofFlow(app.api, server.port, { flow: { designation: 'recovery' }, email });
  const { email: address } = await createReader(app.api);
  await new Visitor(app.url).answer(slug, { component: 'ak-stage-identification', uid_field: address });
  expect((await app.api.get(`/stages/email/${stage}/`)).body).toMatchObject({ ...wireDefaults, ...email });
  return mailTo(address);
}

/** Signs up in a flow with such a stage. @returns the mail */
async function signUp(email: Partial<EmailStageRequestDto>): Promise<SentMail> {
  const stages = [
    await createPromptStage(app.api, [
      { field_key: 'username', label: 'Username', type: 'username' },
      { field_key: 'email', label: 'Email', type: 'email' },
    ]),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, { host: '127.0.0.1', port: server.port, ...email }),
  ];
  const keys = stages.map(({ pk }) => pk);
  const { flow } = await createFlowWith(app.api, keys, { designation: 'enrollment' });
  const username = `v-${randomUUID()}`;
  const address = `${username}@example.org`;
  await new Visitor(app.url).answer(flow.slug, { component: 'ak-stage-prompt', username, email: address });
  return mailTo(address);
}

const service = { name: 'Books', header: 'books@library.example', envelope: 'books@library.example' };

describe('A stage with the default sender, subject and template', () => {
  it('sends from EMAIL_FROM, with the subject of the template and the name of the service', async () => {
    const { sender, subject, text } = await recover({});
    expect(sender).toEqual(service);
    expect(subject).toBe('Reset your password – City Library');
    expect(text).toContain('reset the password of your City Library account');
  });

  it('confirms the address in a sign-up, and resets no password', async () => {
    const { sender, subject, text } = await signUp({});
    expect(sender).toEqual(service);
    expect(subject).toBe('Confirm your email address – City Library');
    expect(text).toContain('Welcome to City Library! Please confirm');
  });

  it('is checked with that sender, and sends test mails from it', async () => {
    const { pk } = await createEmailStage(app.api, { host: '127.0.0.1', port: server.port });
    const { body } = await app.api.post(`/stages/email/${pk}/check/`);
    expect([body.ok, body.transcript.join('\n')]).toEqual([true, expect.stringContaining('<books@library.example>')]);
    const to = `test-${randomUUID()}@example.org`;
    await app.api.post(`/stages/email/${pk}/test/`, { to, template: 'email/password_reset.html' });
    const { sender, subject } = await mailTo(to);
    expect([sender, subject]).toEqual([service, 'Reset your password – City Library']);
  });
});

describe('A stage with its own sender, subject or template', () => {
  it('uses them as they are', async () => {
    const own = { from_address: 'stage@example.org', subject: 'Reset your password' };
    const { sender, subject } = await recover(own);
    expect(sender).toEqual({ name: 'City Library', header: 'stage@example.org', envelope: 'stage@example.org' });
    expect(subject).toBe('Reset your password');
  });

  it('uses each of them beside the defaults of the others', async () => {
    const { sender, subject, text } = await signUp({ subject: 'Hello' });
    expect([sender, subject]).toEqual([service, 'Hello']);
    expect(text).toContain('Welcome to City Library!');
    const other = await recover({ template: 'email/account_confirmation.html' });
    expect(other.subject).toBe('Confirm your email address – City Library');
  });
});
