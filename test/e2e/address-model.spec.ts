import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createAddressFlow, createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { addressHistories, type AddressWorld, checkAddressHistory } from '../support/address-model.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp } from '../support/test-app.js';

let world: AddressWorld;

beforeAll(async () => {
  const sink = new SmtpSink();
  const port = await sink.listen();
  const app = await startTestApp();
  const email = { port, recovery_max_attempts: 1000 };
  const flows = {
    enrollment: await createEnrollmentFlow(app.api, email),
    recovery: await createRecoveryFlow(app.api, email),
    change: await createAddressFlow(app.api, email),
  };
  world = { app, sink, flows };
});
afterAll(async () => {
  await world.app.stop();
  await world.sink.close();
});

describe('Random steps of visitors, users and administrators', () => {
  it('verify no address without a confirmed mail to it, and activate no sign-up without that', async () => {
    let verified = 0;
    await fc.assert(
      fc.asyncProperty(addressHistories, async (history) => {
        verified += await checkAddressHistory(world, history);
      }),
      { numRuns: 40 * inject('sweep'), endOnFailure: true },
    );
    expect(verified).toBeGreaterThan(3);
  });
});
