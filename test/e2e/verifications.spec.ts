import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { createVerification } from '../factories/verification.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { otherCode, verificationMail } from '../support/verification-mail.js';

let app: TestApp;
const sink = new SmtpSink((to) => {
  if (to.startsWith('refused-')) throw new SmtpRefusal(550, 'no such mailbox');
});
beforeAll(async () => {
  const port = await sink.listen();
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
    ALLOWED_REDIRECTS: 'https://app.example.com',
  });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const check = (pk: string, code: unknown, more: object = {}): ReturnType<TestApp['api']['post']> =>
  app.api.post(`/verifications/${pk}/check/`, { code, ...more });
const act = (pk: string, action: 'resend' | 'cancel'): ReturnType<TestApp['api']['post']> =>
  app.api.post(`/verifications/${pk}/${action}/`, {});
const stateOf = async (pk: string): Promise<string> => (await app.api.get(`/verifications/${pk}/`)).body.status;
const expire = (pk: string): Promise<unknown> =>
  app.dataSource.query(`update verification set expires = now() - interval '1 second' where verification_uuid = $1`, [
    pk,
  ]);

describe('A verification', () => {
  it('is pending, returns what it was given, and names its mail', async () => {
    const email = `${randomUUID()}@example.org`;
    const data = { plan: 'pro', html: '<b>&' };
    const { status, body } = await app.api.post('/verifications/', {
      email,
      data,
      external_id: 'user-4711',
      redirect_url: 'https://app.example.com/verified?a=1',
      expires_in: 'hours=1',
      locale: 'de-AT',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ status: 'pending', email, method: 'both', stage: null, template: 'email/verification.html', locale: 'de' },
      ...{ redirect_url: 'https://app.example.com/verified?a=1', data, external_id: 'user-4711' },
      ...{ mails: 1, attempts: 0, attempts_left: 5, approved_at: null, approved_by: null },
    });
    expect(Date.parse(body.expires) - Date.parse(body.created)).toBeCloseTo(3_600_000, -4);
    expect(await app.api.get(`/verifications/${body.pk}/`)).toMatchObject({ status: 200, body });
    await verificationMail(sink, email);
    await expect
      .poll(async () => (await app.api.get(`/mail/messages/${body.message}/`)).body.state, { timeout: 10_000 })
      .toBe('sent');
  });

  it('is approved by the code in its mail, and by the same code again', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    const approved = await check(pk, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved', approved_by: 'code', attempts: 0 } });
    expect(await check(pk, code)).toMatchObject({ status: 200, body: approved.body });
    expect(await check(pk, otherCode(code))).toMatchObject({ status: 400, body: { status: 'approved' } });
    expect(await stateOf(pk)).toBe('approved');
  });

  it('says how many tries are left after a wrong code, and ends after five', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    for (const left of [4, 3, 2, 1]) {
      expect(await check(pk, otherCode(code, left))).toMatchObject({
        status: 400,
        body: { code: ['This code is wrong or no longer valid.'], attempts_left: left, status: 'pending' },
      });
    }
    expect(await check(pk, otherCode(code, 5))).toMatchObject({
      status: 400,
      body: { attempts_left: 0, status: 'max_attempts' },
    });
    expect(await check(pk, code)).toMatchObject({
      status: 400,
      body: { non_field_errors: ['Too many wrong codes were entered.'], attempts_left: 0 },
    });
    expect(await act(pk, 'resend')).toMatchObject({ status: 400, body: { status: 'max_attempts' } });
    expect(await stateOf(pk)).toBe('max_attempts');
  });

  it('does not count what cannot be a code', async () => {
    const { pk } = await createVerification(app.api);
    for (const code of ['', '12345', '1234567', 'abcdef', {}, null, undefined]) {
      expect((await check(pk, code)).status, JSON.stringify(code)).toBe(400);
    }
    expect((await app.api.get(`/verifications/${pk}/`)).body).toMatchObject({ attempts: 0, attempts_left: 5 });
  });

  it('is approved once by many concurrent right codes, and the others have the same answer', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => check(pk, code)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const events = await app.dataSource.query(
      `select context ->> 'status' as status from event where context -> 'model' ->> 'pk' = $1 and action = 'model_updated'`,
      [pk],
    );
    expect(events).toEqual([{ status: 'approved' }]);
  });

  it('compares at most five of 30 concurrent codes', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, number) => check(pk, otherCode(code, number + 1))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    expect((await app.api.get(`/verifications/${pk}/`)).body).toMatchObject({ status: 'max_attempts', attempts: 5 });
    const [count] = await app.dataSource.query(`select count from request_limit where key = $1`, [`code:mail:${pk}`]);
    expect(count.count).toBeGreaterThanOrEqual(5);
    expect(await check(pk, code)).toMatchObject({ status: 400 });
  });

  it('has a new code after a resend, and the tries that were left', async () => {
    const { pk, email, message } = await createVerification(app.api);
    const first = await verificationMail(sink, email);
    await check(pk, otherCode(first.code));
    const resent = (await act(pk, 'resend')) as { status: number; body: { message: string } };
    expect(resent).toMatchObject({ status: 200, body: { status: 'pending', mails: 2, attempts: 1, attempts_left: 4 } });
    expect(resent.body.message).not.toBe(message);
    const second = await verificationMail(sink, email, 2);
    expect(second.link).toBe(first.link);
    if (first.code !== second.code) expect(await check(pk, first.code)).toMatchObject({ status: 400 });
    expect(await check(pk, second.code)).toMatchObject({ status: 200 });
    expect(await act(pk, 'resend')).toMatchObject({
      status: 400,
      body: { non_field_errors: ['The address has already been verified.'] },
    });
  });

  it('has a code that ends after ten minutes, while the link stays valid', async () => {
    const { pk, email } = await createVerification(app.api, { expires_in: 'days=1' });
    const { code } = await verificationMail(sink, email);
    const [early] = await app.dataSource.query(
      `select extract(epoch from code_expires - created)::int as seconds from verification where verification_uuid = $1`,
      [pk],
    );
    expect(Math.abs(early.seconds - 600)).toBeLessThan(10);
    // More than the clocks of service and database server may differ by.
    await app.dataSource.query(
      `update verification set code_expires = now() - interval '10 seconds' where verification_uuid = $1`,
      [pk],
    );
    expect(await check(pk, code)).toMatchObject({
      status: 400,
      body: { code: ['This code has expired. Request a new one.'], status: 'pending' },
    });
    await act(pk, 'resend');
    const { code: next } = await verificationMail(sink, email, 2);
    expect(await check(pk, next)).toMatchObject({ status: 200 });
  });

  it('can be canceled, repeatedly, and then neither checked nor resent', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    for (const _ of [1, 2])
      expect(await act(pk, 'cancel')).toMatchObject({ status: 200, body: { status: 'canceled' } });
    for (const answer of [await check(pk, code), await act(pk, 'resend')]) {
      expect(answer).toMatchObject({ status: 400, body: { non_field_errors: ['The verification was canceled.'] } });
    }
    const { pk: done, email: other } = await createVerification(app.api);
    await check(done, (await verificationMail(sink, other)).code);
    expect(await act(done, 'cancel')).toMatchObject({ status: 400, body: { status: 'approved' } });
  });

  it('expires by the clock, in lists too, before housekeeping has stored it', async () => {
    const { pk, email } = await createVerification(app.api);
    const { code } = await verificationMail(sink, email);
    await expire(pk);
    expect(await stateOf(pk)).toBe('expired');
    for (const answer of [await check(pk, code), await act(pk, 'resend'), await act(pk, 'cancel')]) {
      expect(answer).toMatchObject({ status: 400, body: { status: 'expired' } });
    }
    const ofState = async (state: string): Promise<string[]> =>
      (await app.api.get(`/verifications/?email=${email}&status=${state}`)).body.results.map(
        (row: { pk: string }) => row.pk,
      );
    expect([await ofState('expired'), await ofState('pending')]).toEqual([[pk], []]);
    await app.nest.get(Housekeeping, { strict: false }).doEverything();
    const [stored] = await app.dataSource.query('select status from verification where verification_uuid = $1', [pk]);
    expect(stored).toEqual({ status: 'expired' });
    expect([await ofState('expired'), await ofState('pending')]).toEqual([[pk], []]);
  });

  it('has failed if its mail was refused, and is pending again after a resend', async () => {
    const { pk, message } = await createVerification(app.api, { email: `refused-${randomUUID()}@example.org` });
    await expect.poll(() => stateOf(pk), { timeout: 20_000 }).toBe('failed');
    expect((await app.api.get(`/mail/messages/${message}/`)).body).toMatchObject({ state: 'failed' });
    expect((await app.api.get(`/verifications/?status=failed&page_size=500`)).body.results).toContainEqual(
      expect.objectContaining({ pk }),
    );
    // Stored by the delivery itself, not by housekeeping.
    const stored = async (): Promise<unknown> =>
      app.dataSource.query('select status from verification where verification_uuid = $1', [pk]);
    await expect.poll(stored, { timeout: 5000 }).toEqual([{ status: 'failed' }]);
    expect(await act(pk, 'resend')).toMatchObject({ status: 200, body: { status: 'pending' } });
  });

  it('is deleted with its waiting mail, and after VERIFICATION_RETENTION days', async () => {
    const { pk } = await createVerification(app.api);
    expect(await app.api.delete(`/verifications/${pk}/`)).toMatchObject({ status: 204 });
    expect(await app.api.get(`/verifications/${pk}/`)).toMatchObject({ status: 404 });
    const { pk: old } = await createVerification(app.api);
    const { pk: young } = await createVerification(app.api);
    const age = (key: string, days: number): Promise<unknown> =>
      app.dataSource.query(
        `update verification set expires = now() - $2 * interval '1 day' where verification_uuid = $1`,
        [key, days],
      );
    await age(old, 31);
    await age(young, 29);
    await app.nest.get(Housekeeping, { strict: false }).doEverything();
    expect(await app.api.get(`/verifications/${old}/`)).toMatchObject({ status: 404 });
    expect(await app.api.get(`/verifications/${young}/`)).toMatchObject({ status: 200, body: { status: 'expired' } });
  });

  it('is started once by requests with the same Idempotency-Key, and retries count for no limit', async () => {
    const email = `${randomUUID()}@example.org`;
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all([1, 2].map(() => app.api.post('/verifications/', { email }, { headers })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    for (let retry = 0; retry < 5; retry += 1) {
      expect(await app.api.post('/verifications/', { email }, { headers })).toMatchObject({ status: 201 });
    }
    expect(await app.api.post('/verifications/', { email: 'other@example.org' }, { headers })).toMatchObject({
      status: 400,
      body: { 'Idempotency-Key': ['This key was used for another request.'] },
    });
    expect((await app.api.get(`/verifications/?email=${email}`)).body.pagination.count).toBe(1);
  });
});

describe('The request', () => {
  it.each([
    [{}, { email: ['This field is required.'] }],
    [{ email: 'a@example.org, b@example.org' }, { email: ['Enter a valid email address.'] }],
    [{ email: 'a@example.org\r\nBcc: b@example.org' }, { email: ['Enter a valid email address.'] }],
    [{ method: 'sms' }, { method: ['"sms" is not a valid choice.'] }],
    [{ expires_in: 'seconds=59' }, { expires_in: ['Enter a duration from minutes=1 to days=7.'] }],
    [{ expires_in: 'days=8' }, { expires_in: ['Enter a duration from minutes=1 to days=7.'] }],
    [{ data: { a: 'x'.repeat(4096) } }, { data: ['Ensure this object has at most 4096 bytes as JSON.'] }],
    [{ data: [] }, { data: ['Value must be a dictionary, and not have any duplicate keys.'] }],
    [{ external_id: 'x'.repeat(256) }, { external_id: ['Ensure this field has no more than 255 characters.'] }],
    [{ stage: randomUUID() }, { stage: [expect.stringContaining('object does not exist')] }],
    [{ template: 'email/password_reset.html' }, { template: [expect.stringContaining('Invalid template')] }],
    [{ template: '../../etc/passwd' }, { template: [expect.stringContaining('Invalid template')] }],
    [{ client_ip: 'localhost' }, { client_ip: ['Enter a valid IPv4 or IPv6 address.'] }],
    [
      { redirect_url: 'https://app.example.com.evil/' },
      { redirect_url: [expect.stringContaining('ALLOWED_REDIRECTS')] },
    ],
    [
      { redirect_url: 'https://app.example.com@evil.example/' },
      { redirect_url: [expect.stringContaining('ALLOWED_')] },
    ],
  ])('%j is refused', async (fields, errors) => {
    const email = Object.keys(fields).length === 0 ? {} : { email: 'jane@example.org' };
    const answer = await app.api.post('/verifications/', { ...email, ...fields });
    expect(answer).toMatchObject({ status: 400, body: errors });
  });

  it('names all errors at once', async () => {
    const { body } = await app.api.post('/verifications/', { email: 'x', method: 'x', locale: '!', redirect_url: 'x' });
    expect(Object.keys(body).sort()).toEqual(['email', 'locale', 'method', 'redirect_url']);
  });
});

it('A verification that ends is an event for other systems, once, without code and link', async () => {
  await app.dataSource.query(
    `insert into "webhook_endpoint" (endpoint_uuid, name, url, event_types, enabled, secret)
     values ($1, 'verifications', 'https://example.com', $2, true, 'x')`,
    [randomUUID(), ['verification.*']],
  );
  const external_id = randomUUID();
  const start = (email = `${randomUUID()}@example.org`): ReturnType<typeof createVerification> =>
    createVerification(app.api, { external_id, email, data: { plan: 'pro' } });
  const [approved, canceled, expired, exhausted] = [await start(), await start(), await start(), await start()];
  const failed = await start(`refused-${randomUUID()}@example.org`);
  const { code } = await verificationMail(sink, approved.email);
  for (const _ of [1, 2]) await check(approved.pk, code);
  for (const _ of [1, 2]) await act(canceled.pk, 'cancel');
  const wrong = otherCode((await verificationMail(sink, exhausted.email)).code);
  for (let tries = 0; tries < 7; tries += 1) await check(exhausted.pk, wrong);
  await expire(expired.pk);
  await expect.poll(() => stateOf(failed.pk), { timeout: 20_000 }).toBe('failed');
  for (const _ of [1, 2]) await app.nest.get(Housekeeping, { strict: false }).doEverything();
  const events = await app.dataSource.query(
    `select type, subject, data from outgoing_event where data ->> 'external_id' = $1 order by sequence`,
    [external_id],
  );
  expect(events.map(({ type, subject, data }: any) => [type, subject, data.status])).toEqual(
    expect.arrayContaining([
      ['verification.approved', `verification/${approved.pk}`, 'approved'],
      ['verification.canceled', `verification/${canceled.pk}`, 'canceled'],
      ['verification.expired', `verification/${expired.pk}`, 'expired'],
      ['verification.failed', `verification/${exhausted.pk}`, 'max_attempts'],
      ['verification.failed', `verification/${failed.pk}`, 'failed'],
    ]),
  );
  expect(events).toHaveLength(5);
  const { data } = events.find(({ type }: any) => type === 'verification.approved');
  expect(data).toMatchObject({ email: approved.email, approved_by: 'code', data: { plan: 'pro' } });
  expect(JSON.stringify(events)).not.toContain(code);
});
