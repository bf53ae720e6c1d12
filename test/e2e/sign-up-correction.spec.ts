import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createEnrollmentFlow } from '../factories/account-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage, signUpPrompts } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let slug: string;
let paged: string;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp();
  const stages = [
    await createPromptStage(app.api, signUpPrompts),
    await createStage(app.api, 'user_write', { create_users_as_inactive: true }),
    await createEmailStage(app.api, { host: '127.0.0.1', port, activate_user_on_success: true }),
    await createStage(app.api, 'user_login'),
  ];
  const keys = stages.map(({ pk }) => pk);
  slug = (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow.slug;
  paged = await createEnrollmentFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query(`delete from "request_limit" where key not like 'sign-up:name%'`));

const waiting = { component: 'ak-stage-email' };
const end = { component: 'xak-flow-redirect', to: '/' };
const form = { component: 'ak-stage-prompt' };
const back = { component: 'ak-stage-email', change_address: true };
const address = (): string => `v-${randomUUID()}@example.org`;
const takenAddress = async (): Promise<string> => (await createReader(app.api)).email;

const submit = (visitor: Visitor, username: string, email: string): Promise<any> =>
  visitor.answer(slug, { ...form, username, email, password: 'a new secret' });
const usersNamed = (username: string): Promise<User[]> => app.dataSource.manager.findBy(User, { username });

/** Opens a link and presses its button. */
async function confirm(visitor: Visitor, { query }: ProofMail): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

describe('A sign-up with a wrong address', () => {
  it('leads back to the form with what was typed except passwords', async () => {
    const browser = new PageBrowser(app.url);
    const [username, email] = [randomUUID(), address()];
    await browser.open(`/if/flow/${paged}/`);
    await browser.submit({ username, password: 'a new secret', password_repeat: 'a new secret' });
    await browser.submit({ name: 'Ada', email });
    const { html } = await browser.submit({}, 2);
    expect(html).toContain(`name="username" value="${username}"`);
    expect(html).not.toContain('a new secret');
    const second = await browser.submit({ username, password: 'a new secret', password_repeat: 'a new secret' });
    expect(second.html).toContain(`name="email" value="${email}"`);
    expect(second.html).toContain('name="name" value="Ada"');
    expect((await browser.submit({ name: 'Ada', email: address() })).html).toContain('Check your inbox');
  });

  it('gets one account with the corrected address, and the first link says that it was replaced', async () => {
    const visitor = new Visitor(app.url);
    const [username, wrong, right] = [randomUUID(), address(), address()];
    expect(await submit(visitor, username, wrong)).toMatchObject(waiting);
    const first = await proofMail(sink, wrong);
    expect(await visitor.answer(slug, back)).toMatchObject(form);
    expect(await submit(visitor, username, right)).toMatchObject(waiting);
    expect((await usersNamed(username)).map(({ email }) => email)).toEqual([right]);
    const { error_message } = await new Visitor(app.url).see(slug, first.query);
    expect(error_message).toMatch(/^A newer email has been sent\./);
    expect(await confirm(visitor, await proofMail(sink, right))).toMatchObject(end);
    expect((await usersNamed(username)).map(({ isActive }) => isActive)).toEqual([true]);
  });

  it('keeps its account and link until the form is submitted', async () => {
    const visitor = new Visitor(app.url);
    const [username, email] = [randomUUID(), address()];
    await submit(visitor, username, email);
    await visitor.answer(slug, back);
    expect(await usersNamed(username)).toHaveLength(1);
    expect(await confirm(visitor, await proofMail(sink, email))).toMatchObject(end);
  });

  it('continues if the address is the same', async () => {
    const visitor = new Visitor(app.url);
    const [username, email] = [randomUUID(), address()];
    await submit(visitor, username, email);
    const [{ pk } = { pk: 0 }] = await usersNamed(username);
    await visitor.answer(slug, back);
    expect(await submit(visitor, username, email)).toMatchObject(waiting);
    expect((await usersNamed(username)).map((user) => user.pk)).toEqual([pk]);
    expect(await confirm(visitor, await proofMail(sink, email, 2))).toMatchObject(end);
  });

  it('can be corrected again', async () => {
    const visitor = new Visitor(app.url);
    const username = randomUUID();
    await submit(visitor, username, address());
    for (const email of [await takenAddress(), address(), await takenAddress(), address()]) {
      await visitor.answer(slug, back);
      expect(await submit(visitor, username, email)).toMatchObject(waiting);
    }
    expect(await usersNamed(username)).toHaveLength(1);
  });

  it('replaces no account that was confirmed in the meantime', async () => {
    const visitor = new Visitor(app.url);
    const [username, email] = [randomUUID(), address()];
    await submit(visitor, username, email);
    await visitor.answer(slug, back);
    const owner = new Visitor(app.url);
    await confirm(owner, await proofMail(sink, email));
    await owner.answer(slug, { ...form, password: 'chosen by the owner', password_repeat: 'chosen by the owner' });
    const denied = await submit(visitor, username, address());
    expect(denied).toMatchObject({ response_errors: { username: [{ string: 'Username is already taken.' }] } });
    expect(await submit(visitor, randomUUID(), address())).toMatchObject({ component: 'ak-stage-access-denied' });
    expect((await usersNamed(username)).map((user) => [user.email, user.isActive])).toEqual([[email, true]]);
  });

  it('replaces no account whose link was just used', async () => {
    const visitor = new Visitor(app.url);
    const [username, email] = [randomUUID(), address()];
    await submit(visitor, username, email);
    await visitor.answer(slug, back);
    await app.dataSource.query('update "flow_token" set spent = now() where address = $1', [email]);
    expect(await submit(visitor, username, address())).toMatchObject({ component: 'ak-stage-access-denied' });
    expect((await usersNamed(username)).map((user) => user.email)).toEqual([email]);
  });

  it('cannot go back after the proof', async () => {
    const visitor = new Visitor(app.url);
    const email = address();
    await submit(visitor, randomUUID(), email);
    await confirm(new Visitor(app.url), await proofMail(sink, email));
    const answer = await visitor.answer(slug, back);
    expect(answer).toMatchObject({ ...waiting, confirmed: true });
  });
});

describe('Correcting an address', () => {
  it('has the same responses for free and taken addresses', async () => {
    const kinds = [address, takenAddress];
    const seen: unknown[] = [];
    for (const first of kinds) {
      for (const second of kinds) {
        const visitor = new Visitor(app.url);
        const username = randomUUID();
        const answers: unknown[] = [];
        const typed = [await first(), await second()];
        for (const email of typed) {
          answers.push(
            await submit(visitor, username, email),
            await visitor.see(slug),
            await visitor.answer(slug, back),
          );
        }
        // For another browser the name is held.
        answers.push(await submit(new Visitor(app.url), username, address()));
        seen.push(
          JSON.parse(
            JSON.stringify(answers)
              .replaceAll(username, 'name')
              .replaceAll(/[\w-]+@example\.org/g, 'a'),
          ),
        );
      }
    }
    for (const answers of seen) expect(answers).toEqual(seen[0]);
  });

  it('is refused for a name that another browser holds, whether its address is taken or not', async () => {
    for (const email of [address(), await takenAddress()]) {
      const username = randomUUID();
      await submit(new Visitor(app.url), username, email);
      const stranger = new Visitor(app.url);
      expect(await submit(stranger, username, email)).toMatchObject(waiting);
      expect(await stranger.answer(slug, back)).toMatchObject(form);
      const string = 'Username is already taken.';
      expect(await submit(stranger, username, address())).toMatchObject({
        response_errors: { username: [{ string }] },
      });
    }
  });
});
