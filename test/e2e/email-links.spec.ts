import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
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
  app = await startTestApp({ PUBLIC_URL: 'https://login.example.org' });
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

interface Asked {
  readonly visitor: Visitor;
  readonly mail: ProofMail;
  readonly email: string;
  readonly user: number;
}

async function asked({ slug } = flow): Promise<Asked> {
  const { email, pk: user } = await createReader(app.api);
  const visitor = new Visitor(app.url);
  await visitor.answer(slug, { uid_field: email });
  return { visitor, mail: await proofMail(sink, email), email, user };
}

/** The user name of the account with this address. */
const nameOf = ({ email }: Asked): string => email.split('@')[0]!;

async function confirm(visitor: Visitor, { query }: ProofMail, { slug } = flow): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

/** Opens a link in another browser, which must refuse it. @returns the error message */
async function refusal(mail: ProofMail, { slug } = flow): Promise<string> {
  const visitor = new Visitor(app.url);
  const { component, error_message } = await visitor.see(slug, mail.query);
  expect(component).toBe('ak-stage-access-denied');
  const answer = await visitor.answer(slug, { component: 'ak-stage-consent', token: 'x' }, mail.query);
  expect([answer.component, answer.error_message]).toEqual(['ak-stage-access-denied', error_message]);
  return error_message;
}

const tokens = (): Promise<any[]> => app.dataSource.query('select * from flow_token order by token_uuid');

describe('A link is refused with the reason and an address for a new link', () => {
  const another = (): string => `Request a new link: https://login.example.org/if/flow/${flow.slug}/`;

  it('after it was used', async () => {
    const { mail } = await asked();
    await confirm(new Visitor(app.url), mail);
    expect(await refusal(mail)).toBe(`This link has already been used. ${another()}`);
  });

  it('after it expired, even before the cleanup', async () => {
    const { mail } = await asked();
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, mail.query);
    await app.dataSource.query('update flow_token set expires = now() where token_uuid = $1', [await keyOf(mail)]);
    expect(await refusal(mail)).toBe(`This link has expired. ${another()}`);
    const late = await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, mail.query);
    expect(late).toMatchObject({
      component: 'ak-stage-access-denied',
      error_message: `This link has expired. ${another()}`,
    });
  });

  it('after a newer mail in the same run, but not after a mail in another run for the same user', async () => {
    const { visitor, mail, email } = await asked();
    await visitor.answer(flow.slug, {});
    const newer = await proofMail(sink, email, 2);
    await new Visitor(app.url).answer(flow.slug, { uid_field: email });
    await proofMail(sink, email, 3);
    expect(await refusal(mail)).toBe(`A newer email has been sent. Open the link in that one. ${another()}`);
    expect(await confirm(new Visitor(app.url), newer)).toMatchObject({ name: flow.behind });
  });

  it('if it is unknown', async () => {
    const { mail } = await asked();
    for (const token of [randomBytes(32).toString('hex'), '', 'x', mail.token.slice(1), mail.token.toUpperCase()]) {
      const message = await refusal({ ...mail, query: `flow_token=${token}` });
      expect(message).toMatch(/^This link is unknown\. /);
      expect(message.endsWith(another())).toBe(true);
    }
  });

  it.each([
    ['got another address', { email: 'other@example.org' }],
    ['was deactivated', { is_active: false }],
  ])('after its user %s', async (_, change) => {
    const { mail, user, visitor } = await asked();
    await app.api.patch(`/core/users/${user}/`, change);
    expect(await refusal(mail)).toBe(
      `This link is no longer valid, because the account has changed since. ${another()}`,
    );
    const { component } = await visitor.answer(flow.slug, { component: 'ak-stage-email', code: mail.code });
    expect(component).toBe('ak-stage-email');
  });

  it('after its user was deleted', async () => {
    const { mail, user } = await asked();
    await app.api.delete(`/core/users/${user}/`);
    expect(await refusal(mail)).toMatch(/^This link is no longer valid, because the account has changed/);
  });

  it('after its stage was deleted', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/stages/email/${short.stage}/`);
    expect(await refusal(mail, short)).toMatch(/^This link is unknown/);
  });

  it('after its stage was removed from the flow, so that removal does not bypass the proof', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/flows/bindings/${short.binding}/`);
    expect(await confirm(new Visitor(app.url), mail, short)).toMatchObject({ component: 'ak-stage-access-denied' });
  });

  it('after its flow was deleted: 404 for the flow, and unknown in another flow', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/flows/instances/${short.slug}/`);
    expect((await new Visitor(app.url).get(short.slug, mail.query)).status).toBe(404);
    expect((await new Visitor(app.url).get(flow.slug, mail.query)).body.error_message).toMatch(/^This link is unknown/);
  });
});

describe('A link', () => {
  it('is refused in another flow, with one event, and stays valid in its own', async () => {
    const other = await createProofFlow(app.api, port);
    const { mail } = await asked();
    for (const _ of [1, 2, 3]) {
      expect(await refusal(mail, other)).toBe(
        'This link belongs to another page. Open it exactly as it appears in the email.',
      );
    }
    expect(await confirm(new Visitor(app.url), mail)).toMatchObject({ name: flow.behind });
    const { body } = await app.api.get('/events/events/?action=suspicious_request');
    const found = body.results.filter((event: any) => event.context.flow.slug === other.slug);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      context: { message: 'A link was opened in a flow other than the one it was issued for.' },
      client_ip: '127.0.0.1',
    });
    expect(JSON.stringify(body)).not.toContain(mail.token);
  });

  it('continues for its own user in another user’s browser, whose own link stays valid', async () => {
    const mine = await asked();
    const theirs = await asked();
    expect(await mine.visitor.see(flow.slug, theirs.mail.query)).toMatchObject({ pending_user: nameOf(theirs) });
    expect(await confirm(mine.visitor, theirs.mail)).toMatchObject({ name: flow.behind });
    expect(await new Visitor(app.url).see(flow.slug, mine.mail.query)).toMatchObject({ pending_user: nameOf(mine) });
    expect(await confirm(new Visitor(app.url), mine.mail)).toMatchObject({ name: flow.behind });
  });

  it('is not confirmed with the button token of another link', async () => {
    const mine = await asked();
    const theirs = await asked();
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, mine.mail.query);
    const body = { component: 'ak-stage-consent', token };
    expect(await visitor.answer(flow.slug, body, theirs.mail.query)).toMatchObject({ component: 'ak-stage-consent' });
    expect(await confirm(visitor, theirs.mail)).toMatchObject({ name: flow.behind });
    expect(await confirm(visitor, mine.mail)).toMatchObject({ name: flow.behind });
  });

  it('is refused if its token and its plan have different users', async () => {
    const mine = await asked();
    const theirs = await asked();
    await app.dataSource.query(`update flow_token set user_id = $2, user_address = $3 where token_uuid = $1`, [
      await keyOf(mine.mail),
      theirs.user,
      theirs.email,
    ]);
    expect(await confirm(new Visitor(app.url), mine.mail)).toMatchObject({ component: 'ak-stage-access-denied' });
    expect(await confirm(new Visitor(app.url), theirs.mail)).toMatchObject({ name: flow.behind });
  });

  it.each([
    // Replaces a character with a different one.
    ['is damaged', `overlay(plan placing case substr(plan, 20, 1) when 'x' then 'y' else 'x' end from 20)`],
    ['belongs to another row', `(select plan from flow_token t where t.token_uuid <> flow_token.token_uuid limit 1)`],
    ['is empty', `''`],
  ])('is refused if its plan %s', async (_, plan) => {
    const { mail } = await asked();
    await app.dataSource.query(`update flow_token set plan = ${plan} where token_uuid = $1`, [await keyOf(mail)]);
    const shown = await new Visitor(app.url).see(flow.slug, mail.query);
    expect(shown).toMatchObject({ component: 'ak-stage-access-denied' });
  });
});

describe('Expired links', () => {
  it('are kept for a week, with their own message, and then deleted', async () => {
    const young = await asked();
    const old = await asked();
    const age = "update flow_token set expires = now() - $2 * interval '1 day' where token_uuid = $1";
    await app.dataSource.query(age, [await keyOf(young.mail), 6]);
    await app.dataSource.query(age, [await keyOf(old.mail), 8]);
    const before = await tokens();
    await app.nest.get(Housekeeping).doEverything();
    expect(await tokens()).toHaveLength(before.length - 1);
    expect(await refusal(young.mail)).toMatch(/^This link has expired/);
    expect(await refusal(old.mail)).toMatch(/^This link is unknown/);
  });
});

/** The key of a mail's token. */
async function keyOf({ token }: ProofMail): Promise<string> {
  const [{ token_uuid }] = await app.dataSource.query(
    `select token_uuid from flow_token where key_hash = sha256(convert_to($1, 'UTF8'))`,
    [token],
  );
  return token_uuid;
}
