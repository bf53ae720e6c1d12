import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto, UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import { User } from '../../src/core/users/user.entity.js';
import { linkSecret } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { MailMessage } from '../../src/mail/outbox/mail-message.entity.js';
import { languages } from '../../src/templating/language/locale.js';
import { createRecoveryFlow } from '../factories/account-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
/** Without a worker: its mails stay in the outbox. */
let quiet: TestApp;
let sink: SmtpSink;
let port: number;
let slug: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  quiet = await startTestApp({ ROLE: 'api' });
  slug = await createRecoveryFlow(app.api, { port, subject: 'Reset your password', recovery_max_attempts: 100 });
});
afterAll(async () => {
  await app.stop();
  await quiet.stop();
  await sink.close();
});

const denied = { component: 'ak-stage-access-denied' };
const waiting = { component: 'ak-stage-email' };
const newAddress = (): string => `shared-${randomUUID()}@example.org`;

/** Creates accounts with one address. */
async function createSharing(count: number, on = app, fields: Partial<UserRequestDto> = {}): Promise<UserDto[]> {
  const email = newAddress();
  const users = [];
  for (let index = 0; index < count; index += 1) users.push(await createReader(on.api, { email, ...fields }));
  return users;
}

interface ChoiceMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Query of each link. */
  readonly queries: string[];
}

/** Waits for a number of mails to an address, and parses the last one. */
async function lastMail(address: string, count = 1): Promise<ChoiceMail> {
  const mails = (): SmtpSink['mails'] => sink.mails.filter(({ to }) => to === address);
  await expect.poll(() => mails().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  expect(mails()).toHaveLength(count);
  const { subject = '', text = '', html } = await simpleParser(mails().at(-1)!.source);
  const links = text.match(/https?:\/\/\S+flow_token=\S+/g) ?? [];
  return { subject, text, html: String(html), queries: links.map((link) => new URL(link).search.slice(1)) };
}

async function recover(uid_field: string, on = slug): Promise<Visitor> {
  const visitor = new Visitor(app.url);
  expect(await visitor.answer(on, { uid_field })).toMatchObject(waiting);
  return visitor;
}

/** Opens a link in a browser of its own, and presses its button. */
async function follow(query: string, visitor = new Visitor(app.url)): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

async function setsPassword(query: string, password: string): Promise<unknown> {
  const visitor = new Visitor(app.url);
  await follow(query, visitor);
  return visitor.answer(slug, { component: 'ak-stage-prompt', password, password_repeat: password }, query);
}

const changed = async ({ pk }: UserDto, before: Date): Promise<boolean> =>
  (await app.dataSource.manager.findOneByOrFail(User, { pk })).passwordChangeDate > before;

describe('A recovery by the address of several accounts', () => {
  it('mails the address once, with a link for each account and no code', async () => {
    const users = await createSharing(3);
    await recover(users[0]!.email.toUpperCase());
    const { subject, text, html, queries } = await lastMail(users[0]!.email);
    expect(subject).toBe('Reset your password');
    expect(queries).toHaveLength(3);
    expect(new Set(queries).size).toBe(3);
    for (const { username } of users) {
      expect(text).toContain(`Recover ${username}\n`);
      expect(html).toContain(`Recover <bdi>${username}</bdi>`);
    }
    expect(text).toMatch(/valid for 30\sminutes/);
    for (const part of [text, html.replace(/<[^>]*>/g, '')]) expect(part).not.toMatch(/\b\d{6}\b|enter this code/);
    expect(html).not.toContain('Rita Reader');
  });

  it.each([0, 1, 2])('recovers the account of the link, and no other (%i)', async (chosen) => {
    const users = await createSharing(3);
    const start = new Date();
    await recover(users[0]!.email);
    const { queries } = await lastMail(users[0]!.email);
    const button = await new Visitor(app.url).see(slug, queries[chosen]);
    expect(button).toMatchObject({ component: 'ak-stage-consent', pending_user: users[chosen]!.username });
    expect(await setsPassword(queries[chosen]!, 'a new secret')).toMatchObject({ component: 'xak-flow-redirect' });
    const outcomes = [];
    for (const user of users) outcomes.push(await changed(user, start));
    expect(outcomes).toEqual([0, 1, 2].map((index) => index === chosen));
  });

  it('ends the other links of the mail when one is used', async () => {
    const users = await createSharing(2);
    await recover(users[0]!.email);
    const { queries } = await lastMail(users[0]!.email);
    expect(await follow(queries[1]!)).toMatchObject({ component: 'ak-stage-prompt' });
    for (const query of queries) expect(await follow(query)).toMatchObject(denied);
    const { error_message } = await new Visitor(app.url).see(slug, queries[0]);
    expect(error_message).toMatch(/^A newer email has been sent|no longer/);
  });

  it('lets one of two links pass that are used at the same time', async () => {
    for (const _ of [1, 2, 3, 4, 5]) {
      const users = await createSharing(2);
      await recover(users[0]!.email);
      const { queries } = await lastMail(users[0]!.email);
      const visitors = queries.map(() => new Visitor(app.url));
      const tokens = await Promise.all(queries.map((query, index) => visitors[index]!.see(slug, query)));
      const answers = await Promise.all(
        queries.map((query, index) =>
          visitors[index]!.answer(slug, { component: 'ak-stage-consent', token: tokens[index].token }, query),
        ),
      );
      const components = answers.map(({ component }) => component).sort();
      expect(components).toEqual(['ak-stage-access-denied', 'ak-stage-prompt']);
    }
  });

  it('leaves its links valid until one is used, whichever pages are opened', async () => {
    const users = await createSharing(2);
    await recover(users[0]!.email);
    const { queries } = await lastMail(users[0]!.email);
    for (const query of [...queries, ...queries]) {
      expect(await new Visitor(app.url).see(slug, query)).toMatchObject({ component: 'ak-stage-consent' });
    }
  });

  it('shows the waiting page that a link was used elsewhere', async () => {
    const users = await createSharing(2);
    const visitor = await recover(users[0]!.email);
    const { queries } = await lastMail(users[0]!.email);
    await follow(queries[1]!);
    expect(await visitor.see(slug)).toMatchObject({ ...waiting, confirmed: true });
  });

  it('replaces all links by those of the next mail', async () => {
    const users = await createSharing(2);
    const visitor = await recover(users[0]!.email);
    const { queries: first } = await lastMail(users[0]!.email);
    await visitor.answer(slug, { component: 'ak-stage-email' });
    const { queries: second } = await lastMail(users[0]!.email, 2);
    expect(second).toHaveLength(2);
    for (const query of first) expect(await new Visitor(app.url).see(slug, query)).toMatchObject(denied);
    expect(await follow(second[0]!)).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('ends the link of an account that changes, and leaves the others valid', async () => {
    const users = await createSharing(2);
    await recover(users[0]!.email);
    const { queries } = await lastMail(users[0]!.email);
    await app.api.patch(`/core/users/${users[0]!.pk}/`, { email: newAddress() });
    expect(await follow(queries[0]!)).toMatchObject(denied);
    expect(await follow(queries[1]!)).toMatchObject({ component: 'ak-stage-prompt' });
  });

  it('offers active accounts alone, ten at most', async () => {
    const users = await createSharing(12);
    const email = users[0]!.email;
    await createReader(app.api, { email, is_active: false });
    const { pk } = await createReader(app.api, { email, is_active: false });
    await app.dataSource.manager.update(User, { pk }, { awaitsConfirmation: true });
    await recover(email);
    const { text, queries } = await lastMail(email);
    expect(queries).toHaveLength(10);
    expect(text.match(/Recover \S+/g)).toEqual(users.slice(0, 10).map(({ username }) => `Recover ${username}`));
  });

  it('offers no account whose address is spelled differently, which may be another mailbox', async () => {
    const [user] = await createSharing(1);
    await createReader(app.api, { email: user!.email.toUpperCase() });
    await recover(user!.email);
    const { text } = await lastMail(user!.email);
    expect(text).toMatch(/\b\d{6}\b/);
    expect(text.match(/flow_token=/g)).toHaveLength(1);
  });

  it('counts one mail', async () => {
    const limited = await createRecoveryFlow(app.api, { port, recovery_max_attempts: 2 });
    const users = await createSharing(4);
    const visitor = await recover(users[0]!.email, limited);
    await visitor.answer(limited, waiting);
    await lastMail(users[0]!.email, 2);
    await visitor.answer(limited, waiting);
    expect(await app.dataSource.manager.countBy(MailMessage, { recipientAddress: users[0]!.email })).toBe(2);
  });

  it.each(languages)('is written in the language of the visitor (%s)', async (locale) => {
    const users = await createSharing(2);
    await new Visitor(app.url).answer(slug, { uid_field: users[0]!.email }, `locale=${locale}`);
    const { html, queries } = await lastMail(users[0]!.email);
    expect(html).toContain(`<html lang="${locale}"`);
    expect(queries).toHaveLength(2);
  });

  it('escapes user names', async () => {
    const hostile = ['<img src=x onerror=alert(1)>', '{{ url }}{% now "Y" %}', '"><a href="https://evil.example">'];
    const email = newAddress();
    for (const name of hostile) {
      const { pk } = await createReader(app.api, { email });
      // The profile of user names refuses such names, which accounts of older versions may have.
      await app.dataSource.manager.update(User, { pk }, { username: `${name}${pk}` });
    }
    await recover(email);
    const { html, text } = await lastMail(email);
    expect(html).not.toMatch(/<img src=x|<a href="https:\/\/evil/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain('{{ url }}{% now ');
    expect(text).toContain('{{ url }}{% now "Y" %}');
  });
});

describe('A recovery by one account of several with its address', () => {
  it('is for that account alone if its user name was typed', async () => {
    const users = await createSharing(2);
    await recover(users[1]!.username);
    const { text, queries } = await lastMail(users[1]!.email);
    expect(queries).toHaveLength(1);
    expect(text).toMatch(/\b\d{6}\b/);
    expect(await new Visitor(app.url).see(slug, queries[0])).toMatchObject({ pending_user: users[1]!.username });
  });

  it('is for that account alone if a password has proved it', async () => {
    const email = newAddress();
    const first = await createPasswordUser(app.api, { email });
    await createPasswordUser(app.api, { email });
    const password = await createStage(app.api, 'password');
    const identification = await createStage(app.api, 'identification');
    const mail = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const stages = [identification.pk, password.pk, mail.pk];
    const { flow } = await createFlowWith(app.api, stages, { designation: 'recovery' });
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    await visitor.answer(flow.slug, { component: 'ak-stage-password', password: first.password });
    expect((await lastMail(email)).queries).toHaveLength(1);
  });

  it('is for that account alone if a policy decides about a stage up to the mail', async () => {
    const users = await createSharing(2);
    const identification = await createStage(app.api, 'identification');
    const deny = await createStage(app.api, 'deny');
    const mail = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const { flow, bindings } = await createFlowWith(
      app.api,
      [identification.pk, { stage: deny.pk, re_evaluate_policies: true }, mail.pk],
      { designation: 'recovery' },
    );
    await createPolicyBinding(app.api, { target: bindings[1]!.policybindingmodel_ptr_id, user: users[1]!.pk });
    await recover(users[0]!.email, flow.slug);
    expect((await lastMail(users[0]!.email)).queries).toHaveLength(1);
  });

  it('is for that account alone in a flow with another designation', async () => {
    const users = await createSharing(2);
    const { slug: other } = await createProofFlow(app.api, port, { flow: { designation: 'authentication' } });
    await recover(users[0]!.email, other);
    expect((await lastMail(users[0]!.email)).queries).toHaveLength(1);
  });
});

describe('The page of a recovery', () => {
  it('is the same for several accounts, one account and none', async () => {
    const sharing = await createSharing(3, quiet);
    const flow = await createProofFlow(quiet.api, port);
    const visit = async (uid_field: string): Promise<unknown[]> => {
      const visitor = new Visitor(quiet.url);
      const answers = [];
      const bodies = [{ uid_field }, undefined, waiting, { ...waiting, code: '111111' }, { ...waiting, code: 'x' }];
      for (const body of bodies) {
        const { status, body: seen } = await (body === undefined
          ? visitor.get(flow.slug)
          : visitor.post(flow.slug, body));
        answers.push({ status, seen: JSON.stringify(seen ?? '').replaceAll(uid_field, 'typed') });
      }
      return answers;
    };
    const ofSeveral = await visit(sharing[0]!.email);
    expect(JSON.stringify(ofSeveral)).toContain('response_errors');
    expect(await visit((await createSharing(1, quiet))[0]!.email)).toEqual(ofSeveral);
    expect(await visit(newAddress())).toEqual(ofSeveral);
  });
});

describe('The outbox', () => {
  async function queued(email: string): Promise<MailMessage> {
    const { slug: recovery } = await createProofFlow(quiet.api, port);
    await new Visitor(quiet.url).answer(recovery, { uid_field: email });
    return quiet.dataSource.manager.findOneByOrFail(MailMessage, { recipientAddress: email });
  }

  const stateOf = async ({ pk }: MailMessage): Promise<unknown> => {
    const { state, data } = await quiet.dataSource.manager.findOneByOrFail(MailMessage, { pk });
    return { state, names: data.choices?.map(({ username }) => username) };
  };

  it('contains no secret of the links', async () => {
    const users = await createSharing(2, quiet);
    const { data } = await queued(users[0]!.email);
    const stored = JSON.stringify(await quiet.dataSource.query('select * from "mail_message"'));
    const jobs = JSON.stringify(await quiet.dataSource.query('select * from graphile_worker._private_jobs'));
    const secrets = quiet.nest.get(SecretBox, { strict: false });
    expect(data.choices).toHaveLength(2);
    for (const { link } of data.choices!) {
      for (const text of [stored, jobs]) expect(text).not.toContain(linkSecret(link.key, secrets));
    }
  });

  it('drops the choice of an account that changes, and the mail with the last one', async () => {
    const users = await createSharing(3, quiet);
    const names = users.map(({ username }) => username);
    const message = await queued(users[0]!.email);
    expect(await stateOf(message)).toEqual({ state: 'queued', names });
    await quiet.api.post(`/core/users/${users[1]!.pk}/set_password/`, { password: 'a new secret of mine' });
    expect(await stateOf(message)).toEqual({ state: 'queued', names: [names[0], names[2]] });
    for (const { pk } of [users[0]!, users[2]!]) await quiet.api.patch(`/core/users/${pk}/`, { email: newAddress() });
    expect(await stateOf(message)).toMatchObject({ state: 'discarded' });
  });
});
