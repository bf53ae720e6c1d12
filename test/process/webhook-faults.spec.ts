import { expect, it } from 'vitest';

import { deliverWithFaults } from '../support/webhook-faults.js';

it('delivers every event, although processes of the API, the worker and the receiver are killed', async ({
  annotate,
}) => {
  const { delivered, repeated } = await deliverWithFaults({ events: 300, kills: 3 });
  await annotate(`${delivered} events, ${repeated} of them sent again`);
  expect(delivered).toBeGreaterThanOrEqual(300);
  // The receiver drops connections, so that repetitions are certain.
  expect(repeated).toBeGreaterThan(0);
}, 180_000);
