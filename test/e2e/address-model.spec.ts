import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { createAddressFlow, createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { addressHistories, type AddressWorld, checkAddressHistory } from '../support/address-model.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp } from '../support/test-app.js';

/** How many histories run at the same time: 40 in all, 10,000 in a sweep. */
const lanes = { minLength: 10, maxLength: 10 };

let world: AddressWorld;

beforeAll(async () => {
  const sink = new SmtpSink();
  const port = await sink.listen();
  const app = await startTestApp({ EMAIL_HOST: '127.0.0.1', EMAIL_PORT: String(port) });
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
      fc.asyncProperty(fc.array(addressHistories, lanes), async (histories) => {
        // At the same time, each with addresses of its own: most of the time they wait for mails.
        const counts = await Promise.all(histories.map((history) => checkAddressHistory(world, history)));
        for (const count of counts) verified += count;
        world.sink.mails.splice(0);
      }),
      { numRuns: inject('sweep') === 1 ? 4 : 1000, endOnFailure: true },
    );
    expect(verified).toBeGreaterThan(3);
  });
});
