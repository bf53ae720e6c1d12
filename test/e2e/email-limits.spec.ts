import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { KnownBrowsers } from '../../src/core/sessions/known-browsers.js';
import { User } from '../../src/core/users/user.entity.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ MAIL_CLIENT_LIMIT: '12', MAIL_CLIENT_WINDOW: '600', TRUST_PROXY: '127.0.0.1' });
  flow = await createProofFlow(app.api, port, {
    email: { recovery_max_attempts: 3, recovery_cache_timeout: 'minutes=4' },
  });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from request_limit'));

const wait = (minutes: number): object[] => [
  { level: 'error', text: `Too many account verification attempts. Please try again after ${minutes} minutes.` },
];
const sent = { component: 'ak-stage-email' };

/** Requests a first mail to a user from a new browser. */
async function ask(uid_field: string, ip?: string, { slug } = flow): Promise<any> {
  const visitor = new Visitor(app.url);
  const headers = ip === undefined ? {} : { 'x-forwarded-for': ip };
  const path = `/flows/executor/${slug}/?query=`;
  await visitor.request('POST', path, { json: { uid_field }, headers });
  return (await visitor.request('GET', path, { headers })).body;
}

async function mailsTo(address: string): Promise<number> {
  const rows = await app.dataSource.query('select from mail_message where recipient_address = $1', [address]);
  return rows.length;
}

/** Ends the windows of all limits. */
const waitOut = (): Promise<unknown> => app.dataSource.query('update request_limit set ends = now()');

describe('The limit of a recipient', () => {
  it('counts the first mail of every visit, and shows the time until a retry', async () => {
    const { email } = await createReader(app.api);
    for (const _ of [1, 2, 3]) expect(await ask(email)).not.toHaveProperty('messages');
    expect(await ask(email)).toMatchObject({ ...sent, messages: wait(4) });
    expect(await mailsTo(email)).toBe(3);
    await waitOut();
    expect(await ask(email)).not.toHaveProperty('messages');
    expect(await mailsTo(email)).toBe(4);
  });

  it('counts resends, and answers a refused resend like a sent one, with a message', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    const success = [{ level: 'success', text: 'Email Successfully sent.' }];
    for (const messages of [success, success, wait(4), wait(4)]) {
      const { status, body } = await visitor.post(flow.slug, { component: 'ak-stage-email' });
      expect([status, body]).toMatchObject([
        200,
        { ...sent, response_errors: { non_field_errors: [{ string: 'email-sent', code: 'email-sent' }] }, messages },
      ]);
    }
    expect(await mailsTo(email)).toBe(3);
    expect(await visitor.see(flow.slug)).toMatchObject({ ...sent, messages: wait(4) });
  });

  it.each([
    [20, 1],
    [50, 1],
    [70, 2],
    [230, 4],
    [250, 5],
  ])('shows %i seconds as %i minutes, rounded up', async (seconds, minutes) => {
    const { email } = await createReader(app.api);
    for (const _ of [1, 2, 3]) await ask(email);
    await app.dataSource.query("update request_limit set ends = now() + $1 * interval '1 second'", [seconds]);
    expect(await ask(email)).toMatchObject({ messages: wait(minutes) });
  });

  it('leaves the code of the last mail valid', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    for (const _ of [1, 2, 3]) await visitor.answer(flow.slug, {});
    const { code } = await proofMail(sink, email, 3);
    expect(await visitor.answer(flow.slug, { component: 'ak-stage-email', code })).toMatchObject({ name: flow.behind });
  });

  it('is the same for unknown and inactive users', async () => {
    const { email, pk } = await createReader(app.api);
    await app.api.patch(`/core/users/${pk}/`, { is_active: false });
    for (const name of ['nobody@example.org', email]) {
      for (const _ of [1, 2, 3]) expect(await ask(name)).not.toHaveProperty('messages');
      expect(await ask(name)).toMatchObject({ ...sent, messages: wait(4) });
      expect(await mailsTo(name)).toBe(0);
    }
  });

  it('does not reveal that a user name and an address belong to one user, but applies to both', async () => {
    const { email, username } = await createReader(app.api);
    for (const name of [email, username, email, username, email, username]) {
      expect(await ask(name)).not.toHaveProperty('messages');
    }
    expect(await mailsTo(email)).toBe(3);
    expect(await ask(username)).toMatchObject({ messages: wait(4) });
  });

  it('is shared by all letter cases of an address', async () => {
    const { email } = await createReader(app.api);
    for (const name of [email, email.toUpperCase(), ` ${email} `]) await ask(name);
    expect(await ask(email)).toMatchObject({ messages: wait(4) });
  });

  it('is shared by all spellings of a mailbox', async () => {
    const { email } = await createReader(app.api);
    const [name, domain] = email.split('@');
    for (const tag of ['+a', '+b', '']) expect(await ask(`${name}${tag}@${domain}`)).not.toHaveProperty('messages');
    expect(await ask(email)).toMatchObject({ messages: wait(4) });
    expect(await ask(`${name}+c@${domain}`)).toMatchObject({ messages: wait(4) });
    const tagged = await createReader(app.api, { email: `r.eader+1-${email.slice(7, 15)}@gmail.com` });
    const other = await createReader(app.api, { email: `re.ader+2-${email.slice(7, 15)}@googlemail.com` });
    for (const { username } of [tagged, tagged, other]) await ask(username);
    await ask(other.username);
    expect((await mailsTo(tagged.email)) + (await mailsTo(other.email))).toBe(3);
  });

  it('is separate for a known browser, so that strangers cannot exhaust it', async () => {
    const { email, pk } = await createReader(app.api);
    for (const _ of [1, 2, 3, 4]) await ask(email);
    const user = await app.dataSource.manager.findOneByOrFail(User, { pk });
    const cookie = app.nest.get(KnownBrowsers).add(undefined, user);
    const known = (uid_field: string): Promise<any> => {
      const visitor = new Visitor(app.url);
      visitor.cookies.set('authentik_browser', cookie);
      return visitor.answer(flow.slug, { uid_field });
    };
    for (const _ of [1, 2, 3]) expect(await known(email)).not.toHaveProperty('messages');
    expect(await known(email)).toMatchObject({ messages: wait(4) });
    expect(await mailsTo(email)).toBe(6);
    expect(await known('nobody-with-a-cookie@example.org')).not.toHaveProperty('messages');
  });

  it('is separate for each stage, and allows the first mail even if it is zero', async () => {
    const { email } = await createReader(app.api);
    for (const _ of [1, 2, 3]) await ask(email);
    const strict = await createProofFlow(app.api, port, { email: { recovery_max_attempts: 0 } });
    expect(await ask(email, undefined, strict)).not.toHaveProperty('messages');
    expect(await ask(email, undefined, strict)).toMatchObject({ messages: wait(5) });
  });

  it('applies to concurrent requests', async () => {
    const { email } = await createReader(app.api);
    await Promise.all(Array.from({ length: 10 }, () => ask(email)));
    expect(await mailsTo(email)).toBe(3);
  });

  it('stores no address in its keys', async () => {
    const { email } = await createReader(app.api);
    await ask(email);
    const rows = await app.dataSource.query('select key from request_limit');
    expect(rows.length).toBeGreaterThan(2);
    expect(JSON.stringify(rows)).not.toContain(email.split('@')[0]);
  });
});

describe('The limit of a client', () => {
  const many = async (count: number, ip: (index: number) => string): Promise<any[]> => {
    const answers = [];
    for (let index = 0; index < count; index += 1) answers.push(await ask(`nobody-${index}@example.org`, ip(index)));
    return answers;
  };

  it('counts mails to all recipients, known or unknown', async () => {
    const { email } = await createReader(app.api);
    const answers = await many(12, () => '192.0.2.1');
    expect(answers.filter((answer) => 'messages' in answer)).toEqual([]);
    expect(await ask('nobody@example.org', '192.0.2.1')).toMatchObject({ ...sent, messages: wait(10) });
    expect(await ask(email, '192.0.2.1')).toMatchObject({ ...sent, messages: wait(10) });
    expect(await mailsTo(email)).toBe(0);
    expect(await ask(email, '192.0.2.2')).not.toHaveProperty('messages');
    expect(await mailsTo(email)).toBe(1);
  });

  it('does not use up the recipient’s remaining mails', async () => {
    const { email } = await createReader(app.api);
    await many(12, () => '192.0.2.3');
    for (const _ of [1, 2, 3, 4, 5]) await ask(email, '192.0.2.3');
    expect(await ask(email, '192.0.2.4')).not.toHaveProperty('messages');
  });

  it('treats the addresses of one IPv6 network as one client', async () => {
    await many(12, (index) => `2001:db8:1:2::${index + 1}`);
    expect(await ask('nobody@example.org', '2001:db8:1:2:ffff::1')).toMatchObject({ messages: wait(10) });
    expect(await ask('nobody@example.org', '2001:db8:1:3::1')).not.toHaveProperty('messages');
  });
});
