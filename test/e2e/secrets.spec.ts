import 'reflect-metadata';

import { Writable } from 'node:stream';

import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSettings } from '../../src/config/read-settings.js';
import { type App, createApp } from '../../src/configure-app.js';
import { BootstrapService } from '../../src/core/bootstrap/bootstrap.service.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { createBinding } from '../factories/binding.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { ApiClient } from '../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** Secrets that must not be exposed. */
const secrets = {
  password: 'stage-password-7f3a9c',
  replaced: 'stage-password-b81d20',
  refused: 'stage-password-55e0aa',
  malformed: 'stage-password-0c9e44',
  filtered: 'stage-password-fd6b13',
  key: 'administrators-key-of-this-test-61c7',
  secretKey: 'secret-key-of-this-test-0123456789-abcdef',
};

let database: TestDatabase;
let app: App;
let url: string;
let api: ApiClient;
const log: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { settings } = readSettings({
    DATABASE_URL: database.url,
    SECRET_KEY: secrets.secretKey,
    BOOTSTRAP_TOKEN: secrets.key,
  });
  const sink = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  const options = {
    dataSource: dataSourceOptions(database.url),
    secretKey: secrets.secretKey,
    connect: true,
    migrateAtStart: true,
  };
  app = await createApp(settings, { ...options, report: () => undefined }, pino({ level: 'trace' }, sink));
  await app.nest.get(BootstrapService).run();
  await app.nest.listen(0, '127.0.0.1');
  url = await app.nest.getUrl();
  api = new ApiClient(url, secrets.key);
});
afterAll(async () => {
  await app.nest.close();
  await database.drop();
});

/** The secrets that a text contains, including sealed values. */
function secretsIn(text: string): string[] {
  const found = Object.entries(secrets).filter(([, secret]) => text.includes(secret));
  return [...found.map(([name]) => name), ...(/\bv1\.[\w-]{20,}/.test(text) ? ['a sealed value'] : [])];
}

/** The paths of all readable routes, with these keys. */
function readablePaths(keys: Record<string, string>): string[] {
  return (
    [...app.routes]
      .filter(({ method, path, access }) => method === 'GET' && access !== undefined && !path.includes('*'))
      // A stream of events does not end: its messages are those of webhooks.
      .filter(({ path }) => !path.endsWith('/events/stream'))
      .map(({ path }) => path.replace(/:(\w+)/g, (_, name: string) => keys[name] ?? '1'))
  );
}

describe('The secrets of email stages', () => {
  it('do not appear in any response or log line, even after failures', async () => {
    const { pk: stage_uuid, name } = await createEmailStage(api, { password: secrets.password });
    const { pk: target, slug } = await createFlow(api);
    const { pk: fsb_uuid } = await createBinding(api, { stage: stage_uuid, target });
    const path = `/stages/email/${stage_uuid}/`;
    const json = { 'content-type': 'application/json' };
    const answers = [
      await api.patch(path, { password: secrets.replaced }),
      await api.put(path, { name, password: secrets.replaced }),
      await api.patch(path, { password: secrets.refused, port: 'x' }),
      await api.patch(path, { password: [secrets.refused] }),
      await api.patch(path, { password: `${secrets.refused}\0` }),
      await api.request('PATCH', path, { headers: json, raw: `{"password":"${secrets.malformed}" oops` }),
      await api.request('PATCH', path, { headers: json, raw: secrets.malformed }),
      await api.request('PATCH', path, { headers: { 'content-type': 'text/plain' }, raw: secrets.malformed }),
      await api.get(`/stages/email/?password=${secrets.filtered}&search=${secrets.filtered}`),
      await api.get(`/stages/email/?port=${secrets.filtered}&page=${secrets.filtered}`),
      await api.get(`/stages/email/${secrets.filtered}/`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 400, 400, 400, 400, 415, 200, 400, 404]);
    for (const { body } of answers) expect(secretsIn(JSON.stringify(body) ?? '')).toEqual([]);

    const paths = readablePaths({ stage_uuid, slug, fsb_uuid });
    expect(paths.length).toBeGreaterThan(15);
    for (const readable of paths) {
      const headers = { authorization: `Bearer ${secrets.key}` };
      const response = await fetch(`${url}${readable}/`, { headers });
      expect(secretsIn(await response.text()), readable).toEqual([]);
      expect(secretsIn(JSON.stringify([...response.headers])), readable).toEqual([]);
      expect(response.status, readable).not.toBe(500);
    }

    await breakTheTable();
    const failed = await api.patch(path, { password: secrets.refused });
    expect([failed.status, failed.body.detail]).toEqual([500, expect.stringMatching(/under request [0-9a-f]{32}\.$/)]);
    expect(log.join('')).toContain('request failed');
    expect(log.length).toBeGreaterThan(paths.length);
    expect(secretsIn(log.join(''))).toEqual([]);
  });
});

/** Makes the next change fail with an unexpected error, which is logged. */
async function breakTheTable(): Promise<void> {
  await app.nest.get(DataSource).query(`alter table "stage" add constraint ck_broken check (password = '') not valid`);
}
