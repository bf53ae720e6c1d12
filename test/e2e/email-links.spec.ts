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

/** The user name that belongs to an address. */
const nameOf = ({ email }: Asked): string => email.split('@')[0]!;

async function confirm(visitor: Visitor, { query }: ProofMail, { slug } = flow): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

/** What another browser that opens a link shows, and the effect of its button. */
async function refusal(mail: ProofMail, { slug } = flow): Promise<string> {
  const visitor = new Visitor(app.url);
  const { component, error_message } = await visitor.see(slug, mail.query);
  expect(component).toBe('ak-stage-access-denied');
  const answer = await visitor.answer(slug, { component: 'ak-stage-consent', token: 'x' }, mail.query);
  expect([answer.component, answer.error_message]).toEqual(['ak-stage-access-denied', error_message]);
  return error_message;
}

const tokens = (): Promise<any[]> => app.dataSource.query('select * from flow_token order by token_uuid');

describe('A link that cannot be used says why, and where to get another', () => {
  const another = (): string => `Request a new link: https://login.example.org/if/flow/${flow.slug}/`;

  it('when it has been used', async () => {
    const { mail } = await asked();
    await confirm(new Visitor(app.url), mail);
    expect(await refusal(mail)).toBe(`This link has already been used. ${another()}`);
  });

  it('when it has expired, even before the cleanup', async () => {
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

  it('when a newer mail was sent in the same run, but not by the run of another visitor for the same user', async () => {
    const { visitor, mail, email } = await asked();
    await visitor.answer(flow.slug, {});
    const newer = await proofMail(sink, email, 2);
    await new Visitor(app.url).answer(flow.slug, { uid_field: email });
    await proofMail(sink, email, 3);
    expect(await refusal(mail)).toBe(`A newer email has been sent. Open the link in that one. ${another()}`);
    expect(await confirm(new Visitor(app.url), newer)).toMatchObject({ name: flow.behind });
  });

  it('when it is not known', async () => {
    const { mail } = await asked();
    for (const token of [randomBytes(32).toString('hex'), '', 'x', mail.token.slice(1), mail.token.toUpperCase()]) {
      const message = await refusal({ ...mail, query: `flow_token=${token}` });
      expect(message).toMatch(/^This link is unknown\. /);
      expect(message.endsWith(another())).toBe(true);
    }
  });

  it.each([
    ['was given another address', { email: 'other@example.org' }],
    ['was switched off', { is_active: false }],
  ])('when the user %s', async (_, change) => {
    const { mail, user, visitor } = await asked();
    await app.api.patch(`/core/users/${user}/`, change);
    expect(await refusal(mail)).toBe(
      `This link is no longer valid, because the account has changed since. ${another()}`,
    );
    const { component } = await visitor.answer(flow.slug, { component: 'ak-stage-email', code: mail.code });
    expect(component).toBe('ak-stage-email');
  });

  it('when the user was deleted', async () => {
    const { mail, user } = await asked();
    await app.api.delete(`/core/users/${user}/`);
    expect(await refusal(mail)).toMatch(/^This link is no longer valid, because the account has changed/);
  });

  it('when its stage was deleted', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/stages/email/${short.stage}/`);
    expect(await refusal(mail, short)).toMatch(/^This link is unknown/);
  });

  it('when its stage was removed from the flow, so that removal bypasses no proof', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/flows/bindings/${short.binding}/`);
    expect(await confirm(new Visitor(app.url), mail, short)).toMatchObject({ component: 'ak-stage-access-denied' });
  });

  it('while its flow is deleted, as for any unknown flow', async () => {
    const short = await createProofFlow(app.api, port);
    const { mail } = await asked(short);
    await app.api.delete(`/flows/instances/${short.slug}/`);
    expect((await new Visitor(app.url).get(short.slug, mail.query)).status).toBe(404);
    expect((await new Visitor(app.url).get(flow.slug, mail.query)).body.error_message).toMatch(/^This link is unknown/);
  });
});

describe('A link is for one flow and one user', () => {
  it('is refused under the address of another flow, and stays good under its own', async () => {
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

  it('acts for its own user, whatever browser opens it, and the rightful link of that browser stays good', async () => {
    const mine = await asked();
    const theirs = await asked();
    expect(await mine.visitor.see(flow.slug, theirs.mail.query)).toMatchObject({ pending_user: nameOf(theirs) });
    expect(await confirm(mine.visitor, theirs.mail)).toMatchObject({ name: flow.behind });
    expect(await new Visitor(app.url).see(flow.slug, mine.mail.query)).toMatchObject({ pending_user: nameOf(mine) });
    expect(await confirm(new Visitor(app.url), mine.mail)).toMatchObject({ name: flow.behind });
  });

  it('is not confirmed with the button of another link', async () => {
    const mine = await asked();
    const theirs = await asked();
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, mine.mail.query);
    const body = { component: 'ak-stage-consent', token };
    expect(await visitor.answer(flow.slug, body, theirs.mail.query)).toMatchObject({ component: 'ak-stage-consent' });
    expect(await confirm(visitor, theirs.mail)).toMatchObject({ name: flow.behind });
    expect(await confirm(visitor, mine.mail)).toMatchObject({ name: flow.behind });
  });

  it('is refused when its token and its plan name two users', async () => {
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
    // Whichever character is there, another one is put there.
    ['is damaged', `overlay(plan placing case substr(plan, 20, 1) when 'x' then 'y' else 'x' end from 20)`],
    ["is another row's", `(select plan from flow_token t where t.token_uuid <> flow_token.token_uuid limit 1)`],
    ['is gone', `''`],
  ])('is refused when its plan %s', async (_, plan) => {
    const { mail } = await asked();
    await app.dataSource.query(`update flow_token set plan = ${plan} where token_uuid = $1`, [await keyOf(mail)]);
    const shown = await new Visitor(app.url).see(flow.slug, mail.query);
    expect(shown).toMatchObject({ component: 'ak-stage-access-denied' });
  });
});

describe('Old links', () => {
  it('are kept for a week, so that they differ from unknown ones, and then deleted', async () => {
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
