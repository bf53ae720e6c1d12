import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlow } from '../factories/flow.js';
import { checkHistory } from '../support/authority-model.js';
import { authorityExamples, expectedAccepted, histories } from '../support/authority-requests.js';
import { runs } from '../support/runs.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ROLE: 'api' });
  await createFlow(app.api, { designation: 'recovery' });
});
afterAll(() => app.stop());

describe('Random requests of callers with random permissions', () => {
  it('give no user more permissions than the callers have, and keep an active superuser', async () => {
    const accepted = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        for (const each of await checkHistory(app, history)) accepted.add(each);
      }),
      { examples: authorityExamples.map((example) => [example]), numRuns: runs(20, 2500) },
    );
    expect([...accepted]).toEqual(expect.arrayContaining([...expectedAccepted]));
  });
});
