import { expect, it } from 'vitest';

import { waitUntil } from './wait-until.js';

it('polls until there is a result', async () => {
  let looks = 0;
  const found = await waitUntil(10_000, () => {
    looks += 1;
    return Promise.resolve(looks === 3 ? 'found' : undefined);
  });
  expect(found).toBe('found');
  expect(looks).toBe(3);
});

it('polls once with a timeout of zero', async () => {
  let looks = 0;
  const look = (): Promise<string | undefined> => {
    looks += 1;
    return Promise.resolve(undefined);
  };
  expect(await waitUntil(0, look)).toBeUndefined();
  expect(looks).toBe(1);
});
