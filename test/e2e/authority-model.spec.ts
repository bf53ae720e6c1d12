import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createFlow } from '../factories/flow.js';
import { checkHistory, histories } from '../support/authority-model.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await createFlow(app.api, { designation: 'recovery' });
});
afterAll(() => app.stop());

describe('Random requests of callers with random permissions', () => {
  it('give no user more permissions than the callers have, and keep an active superuser', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        accepted += await checkHistory(app, history);
      }),
      { numRuns: 100 * inject('sweep') },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});
