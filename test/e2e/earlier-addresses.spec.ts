import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFurtherAddress } from '../factories/further-address.js';
import { createReader } from '../factories/proof-flow.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const pathOf = (pk: number, action = ''): string => `/core/users/${pk}/addresses/${action}`;
const addressesOf = async (pk: number): Promise<any[]> => (await app.api.get(pathOf(pk))).body;

describe('The earlier addresses of a user', () => {
  it('do not include an address that was removed unproved', async () => {
    const owner = await createReader(app.api);
    const address = await createFurtherAddress(app, owner.pk);
    await app.api.post(pathOf(owner.pk, 'remove/'), { address });
    expect((await addressesOf(owner.pk)).map((row) => row.address)).toEqual([owner.email]);
  });

  it('are the latest 20', async () => {
    const owner = await createReader(app.api);
    const earlier: string[] = [];
    for (let count = 0; count < 22; count += 1) {
      const address = await createFurtherAddress(app, owner.pk, { isProved: true });
      earlier.unshift(address);
      if (count % 2 === 0) await app.api.post(pathOf(owner.pk, 'remove/'), { address });
      else {
        await app.api.patch(`/core/users/${owner.pk}/`, { email: address });
        await app.api.patch(`/core/users/${owner.pk}/`, { email: owner.email });
      }
    }
    const kept = (await addressesOf(owner.pk)).filter(({ until }) => until !== null);
    expect(kept.map((row) => row.address)).toEqual(earlier.slice(0, 20));
  });
});

it('Addresses are changed at most 300 times in 5 minutes by one caller', async () => {
  const owner = await createReader(app.api);
  const visitor = await signedIn(app, owner);
  const change = async (action: string): Promise<number> =>
    (await visitor.request('POST', pathOf(owner.pk, action), { json: { address: 'nowhere@example.org' } })).status;
  await app.dataSource.query(
    `insert into "request_limit" (key, count, ends) values ($1, 299, now() + interval '5 minutes')`,
    [`user_addresses:${owner.pk}`],
  );
  expect(await change('remove/')).toBe(400);
  for (const action of ['', 'remove/', 'make_primary/']) expect(await change(action)).toBe(429);
});
