import { expect, it } from 'vitest';

import { deliverWithFaults } from '../support/webhook-faults.js';

it('delivers 10,000 events, each at least once and always with its id, through 30 kills', async ({ annotate }) => {
  const { delivered, repeated } = await deliverWithFaults({ events: 10_000, kills: 30 });
  await annotate(`${delivered} events, ${repeated} of them sent again`);
  expect(delivered).toBeGreaterThanOrEqual(10_000);
}, 1_200_000);
