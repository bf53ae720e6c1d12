import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let slug: string;

beforeAll(async () => {
  app = await startTestApp({ SIGN_UP_CLIENT_LIMIT: '3', SIGN_UP_CLIENT_WINDOW: '600', TRUST_PROXY: '127.0.0.1' });
  slug = await flowOf('always_create');
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from request_limit'));

const created = { component: 'xak-flow-redirect' };
const refused = {
  component: 'ak-stage-access-denied',
  error_message: 'Too many sign-ups. Please try again after 10 minutes.',
};

/** Slug of a flow that runs the stages `whose`, asks for a user name and writes it. */
async function flowOf(user_creation_mode: 'always_create' | 'never_create', ...whose: string[]): Promise<string> {
  const form = await createPromptStage(app.api, [{ field_key: 'username' }]);
  const write = await createStage(app.api, 'user_write', { user_creation_mode });
  return (await createFlowWith(app.api, [...whose, form.pk, write.pk], { designation: 'enrollment' })).flow.slug;
}

/** Signs up in a new browser. @returns the last challenge */
async function signUp(ip: string, username: string = randomUUID()): Promise<any> {
  const visitor = new Visitor(app.url);
  const headers = { 'x-forwarded-for': ip };
  const path = `/flows/executor/${slug}/?query=`;
  await visitor.request('POST', path, { json: { username }, headers });
  return (await visitor.request('GET', path, { headers })).body;
}

async function users(): Promise<number> {
  return (await app.dataSource.query<{ count: number }[]>('select count(*)::int from "user"'))[0]!.count;
}

describe('Sign-ups', () => {
  it('are refused beyond the limit of a client network, with the time to wait', async () => {
    for (const _ of [1, 2, 3]) expect(await signUp('192.0.2.1')).toMatchObject(created);
    const before = await users();
    expect(await signUp('192.0.2.1')).toMatchObject(refused);
    expect(await users()).toBe(before);
    expect(await signUp('192.0.2.2')).toMatchObject(created);
    await app.dataSource.query('update request_limit set ends = now()');
    expect(await signUp('192.0.2.1')).toMatchObject(created);
  });

  it('are counted per IPv6 network', async () => {
    for (const host of [1, 2, 3]) expect(await signUp(`2001:db8::${host}`)).toMatchObject(created);
    expect(await signUp('2001:db8::4')).toMatchObject(refused);
    expect(await signUp('2001:db8:0:1::4')).toMatchObject(created);
  });

  it('are counted before any write, also under concurrent requests', async () => {
    const before = await users();
    const answers = await Promise.all(Array.from({ length: 10 }, () => signUp('192.0.2.1')));
    expect(answers.filter(({ component }) => component === created.component)).toHaveLength(3);
    expect(await users()).toBe(before + 3);
  });

  it('count equally with a taken and an available name, and get the same response beyond the limit', async () => {
    const { username } = await createUser(app.api);
    const failed = { error_message: 'Failed to update user. Please try again later.' };
    for (const _ of [1, 2, 3]) expect(await signUp('192.0.2.1', username)).toMatchObject(failed);
    expect(await signUp('192.0.2.1', username)).toMatchObject(refused);
    expect(await signUp('192.0.2.1')).toMatchObject(refused);
  });

  it('do not include changes to an account', async () => {
    const { username } = await createUser(app.api);
    const { pk } = await createStage(app.api, 'identification');
    const change = await flowOf('never_create', pk);
    for (const _ of [1, 2, 3, 4]) {
      const visitor = new Visitor(app.url);
      await visitor.answer(change, { uid_field: username });
      expect(await visitor.answer(change, { username })).toMatchObject(created);
    }
  });

  it('are refused on a page that shows the time to wait', async () => {
    for (const _ of [1, 2, 3]) await signUp('127.0.0.1');
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    expect((await browser.submit({ username: randomUUID() })).html).toContain('try again in 10 minutes');
  });
});
