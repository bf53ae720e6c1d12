import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import type { SuppressionDto, SuppressionRequestDto } from '../../src/mail/suppressions/dto/suppression.dto.js';
import { createActor } from '../factories/actor.js';
import { created } from '../factories/created.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createSendingStage, enqueue, mailFrom, messageOf } from '../support/mails.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visibleAnswer } from '../support/visible-answer.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let port: number;
let stage: string;
const sink = new SmtpSink();
beforeAll(async () => {
  port = await sink.listen();
  app = await startTestApp();
  stage = await createSendingStage(app, port);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

function suppress(address: string, fields: Partial<SuppressionRequestDto> = {}): Promise<SuppressionDto> {
  return created(app.api.post('/mail/suppressions/', { address, ...fields }));
}

const newAddress = (domain = 'library.example'): string => `${randomUUID()}@${domain}`;
const state = (pk: string): Promise<string> => messageOf(app, pk).then((message) => message.state);
const received = (address: string): number => sink.mails.filter(({ to }) => to === address).length;

/** Sends a mail. @returns its key, when it has this state */
async function mailTo(address: string, expected: string): Promise<string> {
  const [pk = ''] = await enqueue(app, mailFrom(stage, address));
  await expect.poll(() => state(pk), { timeout: 20_000 }).toBe(expected);
  return pk;
}

describe('A mail to a suppressed address', () => {
  it.each([
    ['manual', 'an administrator has blocked it'],
    ['bounce', 'an earlier mail came back'],
    ['complaint', 'the recipient of an earlier mail reported it as spam'],
  ] as const)('fails without being sent, and its timeline says why: %s', async (reason, words) => {
    const address = newAddress();
    await suppress(address, { reason });
    const pk = await mailTo(address, 'failed');
    const expected = `Mails to ${address} are suppressed: ${words}. Delete the suppression to send it.`;
    const { body } = await app.api.get(`/mail/messages/${pk}/`);
    expect(body).toMatchObject({ state: 'failed', reason: expected, attempts: 1 });
    expect(body.timeline).toMatchObject([{ outcome: 'refused', reason: expected, server: '', provider: '' }]);
    expect(received(address)).toBe(0);
    const events = await app.dataSource.query(
      "select action, context ->> 'reason' as reason from event where context ->> 'message_id' = $1",
      [pk],
    );
    expect(events).toEqual([{ action: 'email_failed', reason: expected }]);
  });

  it.each([
    ['in another spelling', (name: string) => [`${name}@Library.Example`, `${name.toUpperCase()}@LIBRARY.example`]],
    ['whose domain is in ASCII', (name: string) => [`${name}@xn--bcher-kva.example`, `${name}@bücher.example`]],
    ['whose domain is not in ASCII', (name: string) => [`${name}@bücher.example`, `${name}@xn--bcher-kva.example`]],
    ['by its domain', (name: string) => [`${name}.example`, `a@${name.toUpperCase()}.example`]],
  ])('fails %s too', async (_, forms) => {
    const [suppressed = '', address = ''] = forms(randomUUID());
    await suppress(suppressed);
    await mailTo(address, 'failed');
  });

  it('is not one to a subdomain, another address of the domain, or after the suppression has expired', async () => {
    const domain = `${randomUUID()}.example`;
    await suppress(domain, { expires: new Date(Date.now() + 3_600_000) });
    await mailTo(`a@mail.${domain}`, 'sent');
    const address = newAddress();
    await suppress(address);
    await mailTo(`other-${address}`, 'sent');
    await app.dataSource.query("update suppression set expires = now() - interval '1 second' where address = $1", [
      domain,
    ]);
    await mailTo(`a@${domain}`, 'sent');
    await app.nest.get(Housekeeping).doEverything();
    expect((await app.api.get(`/mail/suppressions/?address=${domain}`)).body.results).toEqual([]);
  });

  it('is sent when it is queued again after the suppression is deleted, and not before', async () => {
    const address = newAddress();
    const { pk: suppression } = await suppress(address);
    const pk = await mailTo(address, 'failed');
    expect((await app.api.post(`/mail/messages/${pk}/requeue/`, {})).status).toBe(200);
    await expect
      .poll(() => messageOf(app, pk).then(({ attempts, state: now }) => [attempts, now]))
      .toEqual([2, 'failed']);
    expect((await app.api.delete(`/mail/suppressions/${suppression}/`)).status).toBe(204);
    await app.api.post(`/mail/messages/${pk}/requeue/`, {});
    await expect.poll(() => state(pk), { timeout: 20_000 }).toBe('sent');
    expect(received(address)).toBe(1);
  });

  it('fails although it waited for its server when the address was suppressed', async () => {
    const address = newAddress();
    const closed = await createSendingStage(app, 1);
    const [pk = ''] = await enqueue(app, mailFrom(closed, address));
    await expect.poll(() => state(pk), { timeout: 20_000 }).toBe('retrying');
    await suppress(address);
    await app.api.post(`/mail/messages/${pk}/requeue/`, {});
    await expect.poll(() => state(pk), { timeout: 20_000 }).toBe('failed');
    expect((await messageOf(app, pk)).reason).toContain('are suppressed');
  });

  it('looks to a visitor like a mail that was sent, also after it has failed', async () => {
    const flow = await createProofFlow(app.api, port);
    const [known, suppressed] = [await createReader(app.api), await createReader(app.api)];
    await suppress(suppressed.email);
    const visit = async (email: string, expected: string): Promise<unknown[]> => {
      const visitor = new Visitor(app.url);
      const answers = [await visitor.get(flow.slug), await visitor.post(flow.slug, { uid_field: email })];
      answers.push(await visitor.get(flow.slug));
      const states = (): Promise<string[]> =>
        app.dataSource
          .query<{ state: string }[]>('select state from mail_message where recipient_address = $1', [email])
          .then((rows) => rows.map(({ state: each }) => each));
      await expect.poll(states, { timeout: 20_000 }).toEqual([expected]);
      answers.push(await visitor.get(flow.slug));
      answers.push(await visitor.post(flow.slug, { component: 'ak-stage-email' }));
      answers.push(await visitor.post(flow.slug, { component: 'ak-stage-email', code: '000000' }));
      return answers.map(visibleAnswer);
    };
    expect(await visit(suppressed.email, 'failed')).toEqual(await visit(known.email, 'sent'));
  });

  it('makes its verification fail', async () => {
    const address = newAddress();
    await suppress(address);
    const { pk } = await created<{ pk: string }>(app.api.post('/verifications/', { email: address }));
    const status = (): Promise<string> => app.api.get(`/verifications/${pk}/`).then(({ body }) => body.status);
    await expect.poll(status, { timeout: 20_000 }).toBe('failed');
  });
});

describe('A suppression', () => {
  it('is stored in the form in which addresses are compared', async () => {
    const name = randomUUID();
    const suppression = await suppress(`${name.toUpperCase()}@Bücher.Example`, { note: 'Has left.' });
    expect(suppression).toEqual({
      pk: expect.any(String),
      address: `${name}@xn--bcher-kva.example`,
      reason: 'manual',
      message: null,
      note: 'Has left.',
      expires: null,
      created: expect.any(String),
      last_updated: expect.any(String),
    });
  });

  it('can name the mail that came back', async () => {
    const address = newAddress();
    const message = await mailTo(address, 'sent');
    const suppression = await suppress(address, { message, reason: 'bounce' });
    expect(suppression).toMatchObject({ message, reason: 'bounce' });
    const { body } = await app.api.get(`/mail/suppressions/?message=${message}`);
    expect(body.results).toEqual([suppression]);
  });

  it.each([
    [{ address: '' }, 'address'],
    [{ address: 'ada' }, 'address'],
    [{ address: '@library.example' }, 'address'],
    [{ address: 'ada@library.example, bob@library.example' }, 'address'],
    [{ address: 'Ada <ada@library.example>' }, 'address'],
    [{ address: '*.library.example' }, 'address'],
    [{ address: 'ada@library.example', reason: 'whim' }, 'reason'],
    [{ address: 'ada@library.example', message: randomUUID() }, 'message'],
    [{ address: 'ada@library.example', expires: 'soon' }, 'expires'],
    [{ reason: 'manual' }, 'address'],
  ])('is refused: %j', async (body, field) => {
    const answer = await app.api.post('/mail/suppressions/', body);
    expect(answer).toMatchObject({ status: 400, body: { [field]: [expect.any(String)] } });
  });

  it('exists once for an address, in every spelling, also when two requests arrive together', async () => {
    const address = newAddress();
    const both = [address, address.toUpperCase()].map((each) => app.api.post('/mail/suppressions/', { address: each }));
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 400]);
    const again = await app.api.post('/mail/suppressions/', { address: ` ${address.toUpperCase()}` });
    expect(again.body).toEqual({ address: ['suppression of this address already exists.'] });
    const other = await suppress(newAddress());
    const change = await app.api.patch(`/mail/suppressions/${other.pk}/`, { address: address.toUpperCase() });
    expect(change).toMatchObject({ status: 400, body: again.body });
    const same = await app.api.patch(`/mail/suppressions/${other.pk}/`, { address: other.address.toUpperCase() });
    expect(same).toMatchObject({ status: 200, body: { address: other.address } });
  });

  it('is found by address, reason, time and text', async () => {
    const note = `note-${randomUUID()}`;
    const first = await suppress(newAddress(), { note, reason: 'complaint' });
    const second = await suppress(newAddress(), { note, expires: new Date(Date.now() + 3_600_000) });
    const found = async (query: string): Promise<string[]> =>
      (await app.api.get(`/mail/suppressions/?search=${note}&${query}`)).body.results.map(
        ({ pk }: SuppressionDto) => pk,
      );
    expect(await found('ordering=created')).toEqual([first.pk, second.pk]);
    expect(await found('')).toEqual([second.pk, first.pk]);
    expect(await found('reason=complaint&reason=bounce')).toEqual([first.pk]);
    expect(await found(`address=${second.address}`)).toEqual([second.pk]);
    expect(await found(`created__gte=${encodeURIComponent(String(second.created))}`)).toEqual([second.pk]);
  });

  it('is for callers with its permissions', async () => {
    const { pk } = await suppress(newAddress());
    const { api } = await createActor(app, ['authentik_mail.view_suppression']);
    expect((await api.get(`/mail/suppressions/${pk}/`)).status).toBe(200);
    expect((await api.post('/mail/suppressions/', { address: newAddress() })).status).toBe(403);
    expect((await api.delete(`/mail/suppressions/${pk}/`)).status).toBe(403);
    const { api: stranger } = await createActor(app, ['authentik_mail.view_maildomain']);
    expect((await stranger.get(`/mail/suppressions/${pk}/`)).status).toBeGreaterThanOrEqual(403);
  });
});
