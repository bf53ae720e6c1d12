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

describe('Any requests of callers with any rights', () => {
  it('give no user more rights than the callers have, and leave an active superuser', async () => {
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
