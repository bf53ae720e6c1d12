import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ MAIL_CLIENT_LIMIT: '1000' });
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from "session"'));

/** Characters of the largest session. */
async function largestSession(): Promise<number> {
  const [row] = await app.dataSource.query<{ size: number }[]>('select max(length(state)) as size from "session"');
  return row?.size ?? 0;
}

describe('A session', () => {
  it('drops a long answer once it is written to the user', async () => {
    const form = await createPromptStage(app.api, [
      { field_key: 'username' },
      { field_key: 'attributes.picture', type: 'file' },
      { field_key: 'attributes.colour' },
    ]);
    const write = await createStage(app.api, 'user_write', { user_creation_mode: 'always_create' });
    const last = await createPromptStage(app.api, [{ field_key: 'attributes.colour', label: 'Colour' }]);
    const { flow } = await createFlowWith(app.api, [form.pk, write.pk, last.pk], { designation: 'enrollment' });
    const [username, picture] = [randomUUID(), `data:image/png;base64,${'A'.repeat(300_000)}`];
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    const answer = { username, 'attributes.picture': picture, 'attributes.colour': 'red' };
    expect(await visitor.answer(flow.slug, answer)).toMatchObject({ fields: [{ initial_value: 'red' }] });
    const [user] = (await app.api.get(`/core/users/?username=${username}`)).body.results;
    expect(user.attributes).toEqual({ picture, colour: 'red' });
    expect(await largestSession()).toBeLessThan(6_000);
  });

  it('keeps short inputs of a rejected form on a page, but no long text', async () => {
    const form = await createPromptStage(app.api, [
      { field_key: 'username' },
      { field_key: 'notes', type: 'text_area' },
    ]);
    const { flow } = await createFlowWith(app.api, [form.pk], { designation: 'enrollment' });
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow.slug}/`);
    const page = await browser.submit({ username: 'alice-new', notes: 'x'.repeat(60_000) });
    expect(page.html).toContain('alice-new');
    expect(page.html).not.toContain('xxxxx');
    expect(await largestSession()).toBeLessThan(6_000);
  });

  it('does not store an oversized flow_token', async () => {
    const { flow } = await createFlowWith(app.api, []);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow.slug}/?flow_token=${'x'.repeat(12_000)}`);
    expect(await largestSession()).toBeLessThan(6_000);
  });
});

describe('A link', () => {
  let sink: SmtpSink;
  let slug: string;
  beforeAll(async () => {
    sink = new SmtpSink();
    const { pk: identification } = await createStage(app.api, 'identification');
    const form = await createPromptStage(app.api, [{ field_key: 'notes', type: 'text_area' }]);
    const fields = { host: '127.0.0.1', port: await sink.listen(), recovery_max_attempts: 1000 };
    const stages = [identification, form.pk, (await createEmailStage(app.api, fields)).pk];
    const { pk: last } = await createDummyStage(app.api);
    slug = (await createFlowWith(app.api, [...stages, last], { designation: 'recovery' })).flow.slug;
  });
  afterAll(() => sink.close());

  /** For each link of a user, oldest first: whether it refers to the answers of its run. */
  async function holdingAnswers(user: number): Promise<boolean[]> {
    const query = `select length(data) > 9000 as holds from "flow_token" left join "run_answers" on key = answers
                    where user_id = $1 order by created`;
    return (await app.dataSource.query<{ holds: boolean | null }[]>(query, [user])).map(({ holds }) => holds ?? false);
  }

  it('keeps the answers of its run only until it is replaced or used', async () => {
    const { pk, email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: email });
    await visitor.answer(slug, { notes: 'x'.repeat(9_000) });
    await visitor.answer(slug, {});
    expect(await holdingAnswers(pk)).toEqual([false, true]);
    const { query } = await proofMail(sink, email, 2);
    const { token } = await visitor.see(slug, query);
    const behind = await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
    expect(behind).toMatchObject({ component: 'ak-stage-dummy' });
    expect(await holdingAnswers(pk)).toEqual([false, false]);
  });

  it('keeps the answers of its run only until it expires', async () => {
    const { pk, email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: email });
    await visitor.answer(slug, { notes: 'x'.repeat(9_000) });
    expect(await holdingAnswers(pk)).toEqual([true]);
    await app.dataSource.query('update "flow_token" set expires = now() where user_id = $1', [pk]);
    await app.nest.get(Housekeeping).doEverything();
    expect(await holdingAnswers(pk)).toEqual([false]);
  });
});

describe('The answers of a run', () => {
  const picture = `data:image/png;base64,${'A'.repeat(60_000)}`;
  let sink: SmtpSink;
  let slug: string;
  beforeAll(async () => {
    sink = new SmtpSink();
    const form = await createPromptStage(app.api, [{ field_key: 'attributes.picture', type: 'file' }]);
    const fields = { host: '127.0.0.1', port: await sink.listen(), recovery_max_attempts: 1000 };
    const { pk: identification } = await createStage(app.api, 'identification');
    const stages = [identification, form.pk, (await createEmailStage(app.api, fields)).pk];
    const { pk: last } = await createDummyStage(app.api);
    slug = (await createFlowWith(app.api, [...stages, last], { designation: 'recovery' })).flow.slug;
  });
  afterAll(() => sink.close());
  beforeEach(() => app.dataSource.query('delete from "flow_token"'));

  /** A visitor who has given a long answer and waits for the mail with the link. */
  async function waiting(answer = picture): Promise<{ visitor: Visitor; email: string; pk: number }> {
    const { pk, email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: email });
    await visitor.answer(slug, { 'attributes.picture': answer });
    return { visitor, email, pk };
  }

  async function stored(): Promise<number> {
    const [row] = await app.dataSource.query<[{ rows: number }]>('select count(*)::int as rows from "run_answers"');
    return row.rows;
  }

  /** Bytes of these tables on disk, with dead rows. */
  async function bytes(...tables: string[]): Promise<number> {
    const [row] = await app.dataSource.query<[{ size: string }]>(
      'select sum(pg_total_relation_size(name::regclass)) as size from unnest($1::text[]) name',
      [tables],
    );
    return Number(row.size);
  }

  it('of 60 kB are stored once after 50 requests, and twice with a second run', async () => {
    const before = [await bytes('run_answers'), await bytes('session', 'flow_token')] as const;
    const { visitor } = await waiting();
    for (let request = 0; request < 25; request++) {
      await visitor.see(slug);
      await visitor.answer(slug, {});
    }
    expect(await stored()).toBe(1);
    // Sealed in base64, the answer has 80 kB.
    expect((await bytes('run_answers')) - before[0]).toBeLessThan(80_000 + 100_000);
    // Each of 26 mails writes tokens for as many accounts as an address can have, and rolls most of them back.
    expect((await bytes('session', 'flow_token')) - before[1]).toBeLessThan(26 * 11 * 2000 + 300_000);
    await waiting();
    expect(await stored()).toBe(2);
  });

  it('are deleted with the last session and link of the run', async () => {
    const { visitor, email } = await waiting();
    const { query } = await proofMail(sink, email);
    await app.dataSource.query('delete from "session"');
    expect(await stored()).toBe(1);
    const other = new Visitor(app.url);
    const { token } = await other.see(slug, query);
    const behind = await other.answer(slug, { component: 'ak-stage-consent', token }, query);
    expect(behind).toMatchObject({ component: 'ak-stage-dummy' });
    expect(await stored()).toBe(1);
    await other.answer(slug, {});
    expect(await stored()).toBe(0);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-identification' });
  });

  it('are deleted when session and link end in concurrent transactions', async () => {
    await waiting();
    const [session, link] = [app.dataSource.createQueryRunner(), app.dataSource.createQueryRunner()];
    try {
      for (const runner of [session, link]) await runner.startTransaction();
      await session.query('delete from "session"');
      await link.query(`update "flow_token" set plan = '', answers = null`);
      await Promise.all([session.commitTransaction(), link.commitTransaction()]);
    } finally {
      await Promise.all([session.release(), link.release()]);
    }
    expect(await stored()).toBe(0);
  });

  it.each([
    ['missing', 'null'],
    ['from another run', '(select key from "run_answers" where key <> answers limit 1)'],
  ])('deny access if they are %s', async (_, answers) => {
    const [{ visitor, email }] = [await waiting(), await waiting(`${picture}B`)];
    const { query } = await proofMail(sink, email);
    await app.dataSource.query(`update "flow_token" set answers = ${answers}`);
    await app.dataSource.query(`update "session" set answers = ${answers}`);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-access-denied' });
    expect(await new Visitor(app.url).see(slug, query)).toMatchObject({ component: 'ak-stage-access-denied' });
  });
});
