import { randomUUID } from 'node:crypto';

import { UserAddresses } from '../../src/core/addresses/user-addresses.service.js';
import type { TestApp } from '../support/test-app.js';

/** Adds a further address to a user, as an administrator. @returns the address */
export async function createFurtherAddress(
  app: TestApp,
  user: number,
  { isProved = false, address = `further-${randomUUID()}@example.org` } = {},
): Promise<string> {
  const { status, body } = await app.api.post(`/core/users/${user}/addresses/`, { address });
  if (status !== 201) throw new Error(`adding an address failed: ${status} ${JSON.stringify(body)}`);
  if (isProved) await proveAddress(app, user, address);
  return address;
}

/** Records that a mail to an address has reached a user, as a verification does. */
export async function proveAddress(app: TestApp, user: number, address: string): Promise<void> {
  const addresses = app.nest.get(UserAddresses);
  await app.dataSource.transaction((manager) => addresses.prove(manager, user, address, 'link'));
}
