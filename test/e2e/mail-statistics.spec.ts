import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { createVerification } from '../factories/verification.js';
import { createPlainUser } from '../support/plain-user.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpRefusal, SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { verificationMail } from '../support/verification-mail.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let flow: ProofFlow;
let port: number;
const sink = new SmtpSink((to) => {
  if (to.endsWith('@refused.example')) throw new SmtpRefusal(550, '5.1.1 no such mailbox');
  if (to.endsWith('@busy.example')) throw new SmtpRefusal(451, '4.7.1 come back later');
});

beforeAll(async () => {
  port = await sink.listen();
  app = await startTestApp({
    PUBLIC_URL: 'https://login.example.org',
    EMAIL_HOST: '127.0.0.1',
    EMAIL_PORT: String(port),
  });
  flow = await createProofFlow(app.api, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

let prepared: Promise<void> | undefined;

async function statistics(query = ''): Promise<any> {
  await (prepared ??= prepare());
  const { status, body } = await app.api.get(`/mail/messages/statistics/?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** Requests a mail of the flow; with `isConfirmed` its reader presses the button of the link. */
async function ask(isConfirmed: boolean): Promise<void> {
  const { email } = await createReader(app.api);
  const visitor = new Visitor(app.url);
  await visitor.answer(flow.slug, { uid_field: email });
  const { query } = await proofMail(sink, email);
  if (!isConfirmed) return;
  const { token } = await visitor.see(flow.slug, query);
  await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query);
}

/** Waits until no mail is queued or being sent. */
async function settle(): Promise<void> {
  const path = '/mail/messages/?state=queued&state=sending';
  await expect.poll(async () => (await app.api.get(path)).body.pagination.count, { timeout: 20_000 }).toBe(0);
}

/** Sends a mail of each kind, once for all tests. */
async function prepare(): Promise<void> {
  await ask(true);
  await ask(false);
  const verification = await createVerification(app.api, { email: 'Jane@Verified.Example', method: 'code' });
  const { code } = await verificationMail(sink, 'Jane@Verified.Example');
  await app.api.post(`/verifications/${verification.pk}/check/`, { code });
  await createVerification(app.api, { email: 'jane@refused.example' });
  await createVerification(app.api, { email: 'jane@busy.example' });
  await settle();
  await app.dataSource.query(
    `update "mail_message" set created = created - interval '40 seconds' where recipient_address ilike 'jane@verified.example'`,
  );
}

describe('/mail/messages/statistics/', () => {
  it('counts mails by state, and those whose link or code was used', async () => {
    const figures = await statistics();
    expect(figures).toMatchObject({
      ...{ mails: 5, sent: 3, failed: 1, waiting: 1, discarded: 0, captured: 0 },
      ...{ verifiable: 3, verified: 2, interval: 900 },
    });
    expect(figures.median_seconds).toBeGreaterThanOrEqual(20);
    expect(figures.median_seconds).toBeLessThan(60);
    const waiting = (await app.api.get('/mail/messages/?state=retrying')).body.results[0];
    expect(figures.oldest_waiting).toBe(waiting.created);
  });

  it('counts by flow and stage, and by domain', async () => {
    const { flows, domains } = await statistics();
    expect(flows).toMatchObject([
      { flow: null, stage: null, mails: 3, sent: 1, failed: 1, waiting: 1, verified: 1 },
      { flow: flow.pk, stage: flow.stage, mails: 2, sent: 2, verifiable: 2, verified: 1 },
    ]);
    expect(domains).toMatchObject([
      { domain: 'example.org', mails: 2 },
      { domain: 'busy.example', mails: 1, sent: 0, waiting: 1, median_seconds: null },
      { domain: 'refused.example', mails: 1, sent: 0, failed: 1, verifiable: 0 },
      { domain: 'verified.example', mails: 1, sent: 1, verified: 1 },
    ]);
  });

  it('names servers that did not accept mails, and whether they accept mails again', async () => {
    const { servers } = await statistics();
    const last = (await app.api.get('/mail/messages/?recipient=jane@busy.example')).body.results[0];
    const server = `127.0.0.1:${port}`;
    expect(servers).toEqual([
      { server, mails: 2, failures: 2, failing: true, last_failure: expect.any(String), last_message: last.pk },
    ]);
    await ask(false);
    await settle();
    expect((await statistics()).servers).toMatchObject([{ server, failing: false }]);
  });

  it('has each interval of the period, in minutes to days', async () => {
    const until = new Date();
    const sinceHours = (hours: number): string => new Date(until.getTime() - hours * 3_600_000).toISOString();
    for (const [hours, interval] of [
      [1, 60],
      [6, 300],
      [24, 900],
      [72, 3600],
      [720, 21_600],
      [2400, 86_400],
    ] as const) {
      const query = `created__gte=${sinceHours(hours)}&created__lte=${until.toISOString()}`;
      const { since, intervals, ...figures } = await statistics(query);
      expect([figures.interval, since], String(hours)).toEqual([interval, sinceHours(hours)]);
      const times: number[] = intervals.map(({ time }: { time: string }) => Date.parse(time) / 1000);
      expect(times[0]).toBeLessThanOrEqual(Date.parse(since) / 1000);
      expect((times.at(-1) ?? 0) + interval).toBeGreaterThan(until.getTime() / 1000);
      expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) === interval)).toBe(true);
      const sum = (name: string): number =>
        intervals.reduce((total: number, part: Record<string, number>) => total + (part[name] ?? 0), 0);
      expect([sum('sent'), sum('failed'), sum('waiting')]).toEqual([figures.sent, figures.failed, figures.waiting]);
    }
  });

  it('takes the filters of the list, and counts nothing outside of them', async () => {
    expect(await statistics(`stage=${flow.stage}`)).toMatchObject({ failed: 0, oldest_waiting: null, servers: [] });
    expect(await statistics('search=busy')).toMatchObject({ mails: 1, waiting: 1 });
    expect(await statistics('created__lte=2020-01-01')).toMatchObject({ mails: 0, median_seconds: null, domains: [] });
    // A mail that waits for longer than the period is still the oldest.
    expect(
      (await statistics(`created__gte=${new Date(Date.now() + 60_000).toISOString()}`)).oldest_waiting,
    ).not.toBeNull();
  });

  it('names no recipient', async () => {
    expect(JSON.stringify(await statistics())).not.toMatch(/jane|reader|@/i);
  });

  it('answers 400 for a period that is too long, and for filters that are not valid', async () => {
    expect(await app.api.get('/mail/messages/statistics/?created__gte=2020-01-01')).toMatchObject({
      status: 400,
      body: { created__gte: ['Ensure that the period has at most 100 days.'] },
    });
    const { status, body } = await app.api.get('/mail/messages/statistics/?created__gte=soon&state=gone');
    expect([status, Object.keys(body)]).toEqual([400, ['created__gte', 'state']]);
  });

  it('counts only mails that the caller may see', async () => {
    await statistics();
    const nobody = app.client(await createPlainUser(app.dataSource));
    expect((await nobody.get('/mail/messages/statistics/')).status).toBe(403);
    const viewer = app.client(await createPlainUser(app.dataSource, ['authentik_mail.view_mailmessage']));
    expect((await viewer.get('/mail/messages/statistics/')).body).toMatchObject({ failed: 1 });
  });
});
