import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { requireSameResponse } from '../../scripts/bench/api.js';
import { cases } from '../../scripts/bench/cases.js';
import { Cleanups } from '../../scripts/bench/cleanups.js';
import type * as service from '../../scripts/bench/service.js';
import { createEmailStage } from '../factories/email-stage.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { createTestDatabase } from '../support/test-database.js';

const cleanups = new Cleanups();
let app: TestApp;
let ceiling: service.Target;
beforeAll(async () => {
  const database = await createTestDatabase();
  app = await startTestApp({}, database);
  // Compiled, because the ceiling is a separate process.
  const program = pathToFileURL(join(inject('compiledSources'), '../scripts/bench/service.js')).href;
  const { startCeiling } = (await import(program)) as typeof service;
  ceiling = { ...(await startCeiling(database.url, cleanups)), token: adminKey };
});
afterAll(async () => {
  await cleanups.run();
  await app.stop();
});

it.each(cases.filter(({ baselines, stageCount }) => baselines.includes('ceiling') && stageCount === 1_000))(
  'the ceiling of the benchmark sends the same response as the service: $name',
  async ({ requests }) => {
    const { pk } = await createEmailStage(app.api, { use_tls: true, port: 587 });
    const [{ method, path } = { method: '', path: '' }] = requests({ stageKeys: [pk], flowSlug: '' });
    expect(method).toBe('GET');
    await requireSameResponse({ name: 'email-stage', url: app.url, token: adminKey }, ceiling, path);
  },
);
