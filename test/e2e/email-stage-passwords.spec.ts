import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SecretBox } from '../../src/database/secret-box.js';
import { emailPasswordPlace } from '../../src/stages/email/email-stage.service.js';
import { importEntries } from '../factories/blueprint.js';
import { createEmailStage } from '../factories/email-stage.js';
import { ScriptedServer } from '../support/smtp/scripted-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** The stored value of the column. */
async function storedPassword(pk: string): Promise<string> {
  const [row] = await app.dataSource.query<{ password: string }[]>(
    'select password from "stage" where stage_uuid = $1',
    [pk],
  );
  return row!.password;
}

async function password(pk: string): Promise<string> {
  return app.nest.get(SecretBox).open(await storedPassword(pk), emailPasswordPlace);
}

describe('The password of an email stage', () => {
  it('is stored sealed, and opened by the secret box', async () => {
    const { pk } = await createEmailStage(app.api, { password: 'correct horse' });
    const stored = await storedPassword(pk);
    expect(stored).toMatch(/^v1\.[\w-]+$/);
    expect(stored).not.toContain('correct horse');
    expect(Buffer.from(stored.slice(3), 'base64url').toString('latin1')).not.toContain('correct horse');
    expect(await password(pk)).toBe('correct horse');
  });

  it('is sealed with a new nonce each time, so that equal passwords look different', async () => {
    const [one, other] = [
      await createEmailStage(app.api, { password: 'same' }),
      await createEmailStage(app.api, { password: 'same' }),
    ];
    expect(await storedPassword(one.pk)).not.toBe(await storedPassword(other.pk));
  });

  const connection = { host: 'smtp.example.org', port: 587, username: 'ada', use_tls: true, use_ssl: false };

  it.each([
    ['another name', { name: `renamed-${randomUUID()}` }],
    ['another sender', { from_address: 'other@example.org', timeout: 20 }],
    ['the same connection', connection],
    ['the host in another letter case', { host: 'SMTP.example.org' }],
    ['use_ssl instead of use_tls', { use_tls: false, use_ssl: true }],
  ])('is kept by a request without it that has %s', async (_, change) => {
    const { pk, name } = await createEmailStage(app.api, { ...connection, password: 'kept' });
    const before = await storedPassword(pk);
    expect((await app.api.put(`/stages/email/${pk}/`, { name, ...change })).status).toBe(200);
    const { body } = await app.api.patch(`/stages/email/${pk}/`, change);
    expect([await storedPassword(pk), body.password_set]).toEqual([before, true]);
  });

  const exposing = [
    ['host', { host: '127.0.0.1' }],
    ['port', { port: 2525 }],
    ['username', { username: 'eve' }],
    ['use_tls', { use_tls: false }],
  ] as const;

  it.each(exposing)(
    'is removed by a change of %s without it, and an event records the removal',
    async (field, change) => {
      for (const method of ['PUT', 'PATCH']) {
        const { pk, name } = await createEmailStage(app.api, { ...connection, password: 'kept' });
        const { body } = await app.api.request(method, `/stages/email/${pk}/`, { json: { name, ...change } });
        expect([method, await storedPassword(pk), body.password_set]).toEqual([method, '', false]);
        const { body: events } = await app.api.get('/events/events/?action=configuration_error');
        expect(events.results).toContainEqual(
          expect.objectContaining({ context: expect.objectContaining({ stage: pk, fields: [field] }) }),
        );
      }
    },
  );

  it.each(exposing)('is removed by an import that changes %s without it', async (_, attrs) => {
    const { pk, name } = await createEmailStage(app.api, { ...connection, password: 'kept' });
    const entry = { model: 'authentik_stages_email.emailstage', identifiers: { name }, attrs };
    expect(await importEntries(app.api, [entry])).toEqual([true, 'updated']);
    expect(await storedPassword(pk)).toBe('');
  });

  it('is replaced by a change of the host with a new password', async () => {
    const { pk } = await createEmailStage(app.api, { ...connection, password: 'old' });
    const { body } = await app.api.patch(`/stages/email/${pk}/`, { host: 'mail.example.org', password: 'new' });
    expect([body.password_set, await password(pk)]).toEqual([true, 'new']);
  });

  it('is not sent to a new server of the stage', async () => {
    const server = await ScriptedServer.start({ extensions: ['AUTH PLAIN LOGIN'] });
    const { pk } = await createEmailStage(app.api, { ...connection, password: 'never heard' });
    const change = { host: '127.0.0.1', port: server.port, use_tls: false };
    expect((await app.api.patch(`/stages/email/${pk}/`, change)).status).toBe(200);
    const { body } = await app.api.post(`/stages/email/${pk}/check/`);
    expect([body.ok, body.verdict]).toEqual([false, expect.stringContaining('A user name is set')]);
    await server.disconnected();
    expect(server.verbs()).toEqual(['EHLO']);
    await server.stop();
  });

  it.each(['PUT', 'PATCH'])('is replaced by %s', async (method) => {
    const { pk, name } = await createEmailStage(app.api, { password: 'old' });
    const { status } = await app.api.request(method, `/stages/email/${pk}/`, { json: { name, password: 'new' } });
    expect([status, await password(pk)]).toEqual([200, 'new']);
  });

  it.each(['', '   '])('is cleared by %j', async (blank) => {
    const { pk } = await createEmailStage(app.api, { password: 'old' });
    expect((await app.api.patch(`/stages/email/${pk}/`, { password: blank })).status).toBe(200);
    expect(await storedPassword(pk)).toBe('');
  });

  it.each<[unknown, string]>([
    [null, 'This field may not be null.'],
    [true, 'Not a valid string.'],
    [{}, 'Not a valid string.'],
    ['a\0b', 'Null characters are not allowed.'],
  ])('answers 400 for %j, and is unchanged', async (value, message) => {
    const { pk } = await createEmailStage(app.api, { password: 'old' });
    const { status, body } = await app.api.patch(`/stages/email/${pk}/`, { password: value });
    expect([status, body]).toEqual([400, { password: [message] }]);
    expect(await password(pk)).toBe('old');
  });

  it('can have any length and any characters', async () => {
    const long = `ü😀"\\'%_${'x'.repeat(10_000)}`;
    const { pk } = await createEmailStage(app.api, { password: long });
    expect(await password(pk)).toBe(long);
  });

  it('is in no response, for any filters and ordering', async () => {
    const { pk, name } = await createEmailStage(app.api, { password: 'unmistakable' });
    const answers = [
      await app.api.get(`/stages/email/${pk}/`),
      await app.api.patch(`/stages/email/${pk}/`, { password: 'unmistakable' }),
      await app.api.put(`/stages/email/${pk}/`, { name, password: 'unmistakable' }),
      await app.api.get('/stages/email/?password=unmistakable&ordering=password&search=unmistakable'),
      await app.api.get('/stages/email/?password=other&ordering=-password'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(/"password":|unmistakable|v1\./);
  });

  it('is ignored as a filter', async () => {
    await createEmailStage(app.api, { name: 'found', password: 'x' });
    const { body } = await app.api.get('/stages/email/?password=nope&name=found');
    expect(body.pagination.count).toBe(1);
  });
});
