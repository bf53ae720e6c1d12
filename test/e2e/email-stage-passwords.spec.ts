import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SecretBox } from '../../src/database/secret-box.js';
import { emailPasswordPlace } from '../../src/stages/email/email-stage.service.js';
import { createEmailStage } from '../factories/email-stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** The column as it stands in the database. */
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

  it('is sealed anew each time, so that equal ones cannot be told', async () => {
    const [one, other] = [
      await createEmailStage(app.api, { password: 'same' }),
      await createEmailStage(app.api, { password: 'same' }),
    ];
    expect(await storedPassword(one.pk)).not.toBe(await storedPassword(other.pk));
  });

  it('stays when a change does not name it', async () => {
    const { pk, name } = await createEmailStage(app.api, { password: 'kept' });
    const before = await storedPassword(pk);
    expect((await app.api.put(`/stages/email/${pk}/`, { name, port: 1 })).status).toBe(200);
    expect((await app.api.patch(`/stages/email/${pk}/`, { host: 'x' })).status).toBe(200);
    expect(await storedPassword(pk)).toBe(before);
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
  ])('cannot be %j, and stays as it was', async (value, message) => {
    const { pk } = await createEmailStage(app.api, { password: 'old' });
    const { status, body } = await app.api.patch(`/stages/email/${pk}/`, { password: value });
    expect([status, body]).toEqual([400, { password: [message] }]);
    expect(await password(pk)).toBe('old');
  });

  it('may have any length and any characters', async () => {
    const long = `ü😀"\\'%_${'x'.repeat(10_000)}`;
    const { pk } = await createEmailStage(app.api, { password: long });
    expect(await password(pk)).toBe(long);
  });

  it('is in no answer, whatever it is named, filtered or sorted by', async () => {
    const { pk, name } = await createEmailStage(app.api, { password: 'unmistakable' });
    const answers = [
      await app.api.get(`/stages/email/${pk}/`),
      await app.api.patch(`/stages/email/${pk}/`, { password: 'unmistakable' }),
      await app.api.put(`/stages/email/${pk}/`, { name, password: 'unmistakable' }),
      await app.api.get('/stages/email/?password=unmistakable&ordering=password&search=unmistakable'),
      await app.api.get('/stages/email/?password=other&ordering=-password'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(/password":|unmistakable|v1\./);
  });

  it('is no filter', async () => {
    await createEmailStage(app.api, { name: 'found', password: 'x' });
    const { body } = await app.api.get('/stages/email/?password=nope&name=found');
    expect(body.pagination.count).toBe(1);
  });
});
