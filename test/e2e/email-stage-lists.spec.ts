import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

const low = {
  name: 'alpha',
  use_global_settings: false,
  host: 'a.example.com',
  port: 25,
  username: 'Abe',
  use_tls: false,
  use_ssl: false,
  timeout: 10,
  from_address: 'a@example.com',
  token_expiry: -30,
  subject: 'Accept',
  template: 'email/account_confirmation.html',
  activate_user_on_success: false,
  recovery_max_attempts: 3,
  recovery_cache_timeout: 'hours=1',
};
const high = {
  name: 'beta',
  use_global_settings: true,
  host: 'b.example.com',
  port: 587,
  username: 'Bea',
  use_tls: true,
  use_ssl: true,
  timeout: 20,
  from_address: 'b@example.com',
  token_expiry: 30,
  subject: 'Begin',
  template: 'email/password_reset.html',
  activate_user_on_success: true,
  recovery_max_attempts: 7,
  recovery_cache_timeout: 'minutes=5',
};
type Field = keyof typeof low;
const fields = Object.keys(low) as Field[];
const textFields = fields.filter((field) => typeof low[field] === 'string');
const integerFields = fields.filter((field) => typeof low[field] === 'number');

beforeAll(async () => {
  app = await startTestApp();
  await createEmailStage(app.api, high);
  await createEmailStage(app.api, low);
  await createDummyStage(app.api, { name: 'neither' });
});
afterAll(() => app.stop());

async function names(query: string): Promise<string[]> {
  const { status, body } = await app.api.get(`/stages/email/?${query}`);
  expect(status).toBe(200);
  return body.results.map(({ name }: { name: string }) => name);
}

describe('The list of email stages', () => {
  it('contains only email stages, sorted by name', async () => {
    expect(await names('')).toEqual(['alpha', 'beta']);
  });

  it('has the fields of a single stage', async () => {
    const { body } = await app.api.get('/stages/email/');
    for (const stage of body.results) {
      const { body: alone } = await app.api.get(`/stages/email/${stage.pk}/`);
      expect(JSON.stringify(stage)).toBe(JSON.stringify(alone));
    }
  });

  it.each(fields)('can be filtered by %s', async (field) => {
    const query = (value: unknown): string => `${field}=${encodeURIComponent(String(value))}`;
    expect(await names(query(low[field]))).toEqual(['alpha']);
    expect(await names(query(high[field]))).toEqual(['beta']);
    expect(await names(`${field}=`)).toEqual(['alpha', 'beta']);
  });

  it.each(textFields)('matches the text of %s exactly, after trimming spaces', async (field) => {
    const value = String(low[field]);
    expect(await names(`${field}=%20${encodeURIComponent(value)}%20`)).toEqual(['alpha']);
    expect(await names(`${field}=${encodeURIComponent(value.slice(0, -1))}`)).toEqual([]);
    const otherCase = value === value.toLowerCase() ? value.toUpperCase() : value.toLowerCase();
    expect(await names(`${field}=${encodeURIComponent(otherCase)}`)).toEqual([]);
    expect(await names(`${field}=%25`)).toEqual([]);
    const { status, body } = await app.api.get(`/stages/email/?${field}=%00`);
    expect([status, body]).toEqual([400, { [field]: ['Null characters are not allowed.'] }]);
  });

  it.each(integerFields)('accepts only numbers for %s', async (field) => {
    expect(await names(`${field}=${low[field]}.9`)).toEqual(['alpha']);
    const { status, body } = await app.api.get(`/stages/email/?${field}=ten`);
    expect([status, body]).toEqual([400, { [field]: ['Enter a number.'] }]);
  });

  it('is empty for invalid addresses and unknown templates', async () => {
    expect(await names('from_address=notmail')).toEqual([]);
    expect(await names('template=foobar')).toEqual([]);
  });

  it('is searched by name only', async () => {
    expect(await names('search=ALPHA')).toEqual(['alpha']);
    expect(await names('search=example')).toEqual([]);
    expect(await names('search=Accept')).toEqual([]);
  });

  it.each(fields)('can be sorted by %s', async (field) => {
    expect(await names(`ordering=${field}`)).toEqual(['alpha', 'beta']);
    expect(await names(`ordering=-${field}`)).toEqual(['beta', 'alpha']);
  });
});
