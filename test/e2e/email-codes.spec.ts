import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { KnownBrowsers } from '../../src/core/sessions/known-browsers.js';
import { User } from '../../src/core/users/user.entity.js';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let flow: ProofFlow;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  app = await startTestApp();
  port = await sink.listen();
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from request_limit'));

const notRight = { code: [{ string: 'This code is wrong or no longer valid.', code: 'invalid' }] };
const tooMany = 'Too many wrong codes. Open the link in the email, or request another email.';

/** A visitor at the waiting page, and the code from their mail. */
async function asked(): Promise<{ visitor: Visitor; code: string; email: string; query: string }> {
  const { email } = await createReader(app.api);
  const visitor = new Visitor(app.url);
  await visitor.answer(flow.slug, { uid_field: email });
  const { code, query } = await proofMail(sink, email);
  expect(code).toMatch(/^\d{6}$/);
  return { visitor, code, email, query };
}

function type(visitor: Visitor, code: unknown): Promise<any> {
  return visitor.answer(flow.slug, { component: 'ak-stage-email', code });
}

/** Codes other than this one. */
function others(code: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String((Number(code) + index + 1) % 1_000_000).padStart(6, '0'));
}

const passed = (): object => ({ component: 'ak-stage-dummy', name: flow.behind });

describe('A mailed code', () => {
  it('continues the run on the waiting page, and uses up the link', async () => {
    const { visitor, code, query } = await asked();
    expect(await type(visitor, code)).toMatchObject({
      ...passed(),
      messages: [{ level: 'success', text: 'Successfully verified Email.' }],
    });
    expect(await new Visitor(app.url).see(flow.slug, query)).toMatchObject({
      component: 'ak-stage-access-denied',
      error_message: expect.stringMatching(/already been used/),
    });
    expect(await visitor.see(flow.slug, query)).toMatchObject(passed());
  });

  it.each([
    ['spaces', (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
    ['a hyphen', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ['digits of another script', (code: string) => [...code].map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]).join('')],
    ['a JSON number', (code: string) => (code.startsWith('0') ? code : Number(code))],
  ])('is accepted in another notation: %s', async (_, typed) => {
    const { visitor, code } = await asked();
    expect(await type(visitor, typed(code))).toMatchObject(passed());
  });

  it('is valid only in the run that requested it', async () => {
    const mine = await asked();
    const theirs = await asked();
    expect(await type(mine.visitor, theirs.code)).toMatchObject({ response_errors: notRight });
    expect(await type(theirs.visitor, mine.code)).toMatchObject({ response_errors: notRight });
    const stranger = new Visitor(app.url);
    expect(await type(stranger, mine.code)).toMatchObject({ component: 'ak-stage-identification' });
    expect(await type(mine.visitor, mine.code)).toMatchObject(passed());
  });

  it('is replaced by the code of the next mail, and is then refused', async () => {
    const { visitor, code, email } = await asked();
    await visitor.answer(flow.slug, {});
    const next = await proofMail(sink, email, 2);
    expect(next.code).not.toBe(code);
    expect(await type(visitor, code)).toMatchObject({ response_errors: notRight });
    expect(await type(visitor, next.code)).toMatchObject(passed());
  });

  it('is not counted as an attempt if it is malformed', async () => {
    const { visitor, code } = await asked();
    const form = { code: [{ string: 'Enter the six digits of the code in the email.', code: 'invalid' }] };
    for (const typed of ['12345', '1234567', 'abcdef', '12345x', "1' or 1"]) {
      expect(await type(visitor, typed)).toMatchObject({ response_errors: form });
    }
    expect(await type(visitor, '')).toMatchObject({ response_errors: { code: [{ code: 'blank' }] } });
    expect(await type(visitor, null)).toMatchObject({ response_errors: { code: [{ code: 'null' }] } });
    for (const typed of [[code], { code }, true]) {
      expect(await type(visitor, typed)).toMatchObject({ response_errors: { code: [{ code: 'invalid' }] } });
    }
    expect(await type(visitor, code)).toMatchObject(passed());
  });

  it('is refused after five wrong attempts even if correct, while the link stays valid', async () => {
    const { visitor, code, query } = await asked();
    for (const wrong of others(code, 5))
      expect(await type(visitor, wrong)).toMatchObject({ response_errors: notRight });
    for (const typed of [code, ...others(code, 1)]) {
      const { response_errors } = await type(visitor, typed);
      expect(response_errors.code[0].string).toBe(tooMany);
    }
    const { body } = await app.api.get('/events/events/?action=suspicious_request&ordering=-created');
    const found = body.results.filter((event: any) => event.context.message === 'Too many wrong codes were typed.');
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain(code);
    const { token } = await visitor.see(flow.slug, query);
    expect(await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query)).toMatchObject(passed());
  });

  it('is compared with at most five of 20 concurrent guesses', async ({ annotate }) => {
    const { visitor, code } = await asked();
    const answers = await Promise.all(others(code, 20).map((guess) => type(visitor, guess)));
    const texts = answers.map(({ response_errors }) => response_errors.code[0].string);
    const evaluated = texts.filter((text) => text !== tooMany);
    expect(evaluated).toHaveLength(5);
    await annotate(`20 guesses at the same time: ${evaluated.length} were looked at`);
    expect((await type(visitor, code)).response_errors.code[0].string).toBe(tooMany);
  });

  it('passes once in concurrent uses of code and link', async () => {
    for (const _ of [1, 2, 3]) {
      const { visitor, code, query } = await asked();
      const others = Array.from({ length: 10 }, () => new Visitor(app.url));
      const buttons = await Promise.all(others.map((other) => other.see(flow.slug, query)));
      const answers = await Promise.all([
        ...others.map((other, index) => {
          const answer = { component: 'ak-stage-consent', token: buttons[index].token };
          return other.answer(flow.slug, answer, query);
        }),
        type(visitor, code),
      ]);
      expect(answers.filter(({ name }) => name === flow.behind)).toHaveLength(1);
    }
  });

  it('allows at most 20 guesses per run, over any number of mails', async () => {
    const { visitor, email } = await asked();
    let evaluated = 0;
    for (let mail = 1; mail <= 6; mail += 1) {
      if (mail > 1) await visitor.answer(flow.slug, {});
      const { code } = await proofMail(sink, email, mail);
      for (const wrong of others(code, 4)) {
        const { response_errors } = await type(visitor, wrong);
        if (response_errors.code[0].string === notRight.code[0]!.string) evaluated += 1;
      }
      if (mail < 6) continue;
      const { response_errors } = await type(visitor, code);
      expect(response_errors.code[0].string).toBe('Too many wrong codes. Open the link in the email.');
    }
    expect(evaluated).toBe(20);
  });

  it('is delayed after 20 wrong guesses for one recipient, but not in a known browser', async () => {
    const { email, pk } = await createReader(app.api);
    const user = await app.dataSource.manager.findOneByOrFail(User, { pk });
    const known = app.nest.get(KnownBrowsers).add(undefined, user);
    let mails = 0;
    const ask = async (browser?: string): Promise<{ visitor: Visitor; code: string }> => {
      const visitor = new Visitor(app.url);
      if (browser !== undefined) visitor.cookies.set('authentik_browser', browser);
      await visitor.answer(flow.slug, { uid_field: email });
      mails += 1;
      return { visitor, code: (await proofMail(sink, email, mails)).code };
    };
    for (let run = 0; run < 4; run += 1) {
      const { visitor, code } = await ask();
      for (const wrong of others(code, 5)) {
        expect(await type(visitor, wrong)).toMatchObject({ response_errors: notRight });
      }
    }
    const stranger = await ask();
    const { response_errors } = await type(stranger.visitor, stranger.code);
    expect(response_errors.code[0].string).toBe('Too many attempts. Please try again after 1 minute.');
    const owner = await ask(known);
    expect(await type(owner.visitor, owner.code)).toMatchObject(passed());
    await app.dataSource.query('update request_limit set not_before = now()');
    expect(await type(stranger.visitor, stranger.code)).toMatchObject(passed());
  });

  it('is compared with 20 of 40 guesses for eight recipients if a client network is limited to 20', async () => {
    const strict = await startTestApp({ GUESS_CLIENT_LIMIT: '20', GUESS_CLIENT_WINDOW: '1200' });
    try {
      const { slug } = await createProofFlow(strict.api, 1);
      const answers = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const visitor = new Visitor(strict.url);
          await visitor.answer(slug, { uid_field: `nobody-${index}@example.org` });
          const given = [];
          for (let guess = 0; guess < 5; guess += 1) {
            given.push(await visitor.answer(slug, { component: 'ak-stage-email', code: `00000${guess}` }));
          }
          return given;
        }),
      );
      const texts = answers.flat().map(({ response_errors }) => response_errors.code[0].string);
      expect(texts.filter((text) => text === notRight.code[0]!.string)).toHaveLength(20);
      expect(texts.filter((text) => text === 'Too many attempts. Please try again after 1 minute.')).toHaveLength(20);
    } finally {
      await strict.stop();
    }
  });
});

describe('The lifetime of a code', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Ages all tokens in the database, without cleanup. */
  const pass = async (seconds: number): Promise<void> => {
    const by = [seconds];
    await app.dataSource.query(
      `update "user" set password_change_date = password_change_date - $1 * interval '1 second'`,
      by,
    );
    await app.dataSource.query(
      `update flow_token set created = created - $1 * interval '1 second', expires = expires - $1 * interval '1 second'`,
      by,
    );
  };

  it('ends after ten minutes, while the link stays valid', async () => {
    const { visitor, code, query } = await asked();
    await pass(599);
    const early = await asked();
    await pass(1);
    expect(await type(visitor, code)).toMatchObject({ response_errors: notRight });
    expect(await type(early.visitor, early.code)).toMatchObject(passed());
    const { token } = await visitor.see(flow.slug, query);
    expect(await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query)).toMatchObject(passed());
  });

  it('ends with the same message for known and unknown users, until the next mail', async () => {
    const known = await asked();
    const unknown = new Visitor(app.url);
    await unknown.answer(flow.slug, { uid_field: 'nobody-with-a-code@example.org' });
    const clock = app.nest.get(DatabaseClock);
    vi.spyOn(clock, 'now').mockReturnValue(clock.now() + 600_000);
    const expired = { code: [{ string: 'This code has expired. Request a new one.', code: 'invalid' }] };
    const answers = [
      await known.visitor.post(flow.slug, { code: known.code }),
      await unknown.post(flow.slug, { code: '123456' }),
    ];
    for (const { status, body } of answers) expect([status, body.response_errors]).toEqual([200, expired]);
    for (const visitor of [known.visitor, unknown]) await visitor.answer(flow.slug, {});
    expect(await type(unknown, '123456')).toMatchObject({ response_errors: notRight });
    const { code } = await proofMail(sink, known.email, 2);
    expect(await type(known.visitor, code)).toMatchObject(passed());
  });

  it('is at most that of the link', async () => {
    const short = await createProofFlow(app.api, port, { email: { token_expiry: 3 } });
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(short.slug, { uid_field: email })).toMatchObject({ link_minutes: 3, code_minutes: 3 });
    const { code, text } = await proofMail(sink, email);
    expect(text).toContain('The code is valid for 3\u00a0minutes.');
    await pass(180);
    expect(await visitor.answer(short.slug, { code })).toMatchObject({ response_errors: notRight });
  });

  it('is shown on the page and in the mail, with that of the link', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    const challenge = await visitor.answer(flow.slug, { uid_field: email });
    expect(challenge).toMatchObject({ link_minutes: 30, code_minutes: 10 });
    const { text, html } = await proofMail(sink, email);
    for (const part of [text, html]) {
      expect(part).toContain('The code is valid for 10\u00a0minutes.');
      expect(part).toContain('is valid for 30\u00a0minutes.');
    }
    const page = await fetch(`${app.url}/if/flow/${flow.slug}/`, { headers: visitor.cookies.headers() });
    expect(await page.text()).toContain('The link is valid for 30 minutes, the code for 10 minutes.');
  });
});
