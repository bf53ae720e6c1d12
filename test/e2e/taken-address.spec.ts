import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage, signUpPrompts } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  const stages = [
    await createPromptStage(app.api, signUpPrompts),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, {
      host: '127.0.0.1',
      port,
      template: 'email/account_confirmation.html',
      activate_user_on_success: true,
      recovery_max_attempts: 2,
    }),
    await createStage(app.api, 'user_login'),
  ];
  const keys = stages.map(({ pk }) => pk);
  slug = (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow.slug;
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const address = (): string => `v-${randomUUID()}@example.org`;

async function signUp(username: string, email: string, visitor = new Visitor(app.url)): Promise<any> {
  return visitor.answer(slug, { component: 'ak-stage-prompt', username, email, password: 'a new secret' });
}

/** Waits for this many mails to an address, and parses them. */
async function mailsTo(to: string, count: number): Promise<{ subject: string; text: string }[]> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter((mail) => mail.to === to);
  await expect.poll(() => mails().length, { timeout: 20_000 }).toBe(count);
  const parsed = await Promise.all(mails().map(({ source }) => simpleParser(source)));
  return parsed.map(({ subject = '', text = '' }) => ({ subject, text }));
}

const countUsers = (email: string): Promise<number> => app.dataSource.manager.countBy(User, { email });

describe('A sign-up with the address of an account', () => {
  it.each(['the address', 'another name'])(
    'and %s as user name gets the same responses as any other, and creates no account',
    async (kind) => {
      const [owner, free] = [await createReader(app.api), address()];
      const nameFor = (email: string): string => (kind === 'the address' ? email : randomUUID());
      const [visitor, other] = [new Visitor(app.url), new Visitor(app.url)];
      const [taken, ordinary] = [
        await signUp(nameFor(owner.email), owner.email, visitor),
        await signUp(nameFor(free), free, other),
      ];
      expect(taken).toMatchObject({ component: 'ak-stage-email' });
      expect(taken).toEqual(ordinary);
      for (const answer of [{ component: 'ak-stage-email', code: '123456' }, { component: 'ak-stage-email' }]) {
        expect(await visitor.answer(slug, answer)).toEqual(await other.answer(slug, answer));
        expect(await visitor.see(slug)).toEqual(await other.see(slug));
      }
      expect([await countUsers(owner.email), await countUsers(free)]).toEqual([1, 1]);
    },
  );

  it('mails the owner links to sign-in and recovery, without any input of the stranger', async () => {
    const owner = await createReader(app.api, { attributes: { settings: { locale: 'de' } } });
    await signUp('stranger-with-an-advert', owner.email.toUpperCase());
    const [{ subject, text } = { subject: '', text: '' }] = await mailsTo(owner.email, 1);
    expect(subject).toBe('Sie haben bereits ein Konto – email-stage');
    expect(text).toContain('https://login.example.org/flows/-/default/authentication/');
    expect(text).toContain('https://login.example.org/flows/-/default/recovery/');
    expect(text).not.toMatch(/stranger|advert|flow_token|\d{6}/);
  });

  it('mails the owner only as often as recovery_max_attempts allows', async () => {
    const { email } = await createReader(app.api);
    for (const _ of [1, 2, 3, 4]) await signUp(randomUUID(), email);
    const queued = `select from "mail_message" where recipient_address = $1`;
    expect(await app.dataSource.query(queued, [email])).toHaveLength(2);
  });

  it('reserves its user name, like an unconfirmed account', async () => {
    const { email } = await createReader(app.api);
    for (const used of [email, address()]) {
      const username = randomUUID();
      expect(await signUp(username, used)).toMatchObject({ component: 'ak-stage-email' });
      const string = 'Username is already taken.';
      expect(await signUp(username, address())).toMatchObject({ response_errors: { username: [{ string }] } });
    }
  });

  it('continues an unconfirmed sign-up if the address is its user name', async () => {
    const email = address();
    expect(await signUp(email, email)).toMatchObject({ component: 'ak-stage-email' });
    expect(await signUp(email, email)).toMatchObject({ component: 'ak-stage-email' });
    expect(await countUsers(email)).toBe(1);
    const subjects = (await mailsTo(email, 2)).map(({ subject }) => subject);
    expect(subjects).toEqual(Array(2).fill('Confirm your email address – email-stage'));
  });
});
