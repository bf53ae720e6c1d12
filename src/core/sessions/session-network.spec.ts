import { expect, it } from 'vitest';

import { boundNetwork, plainAddress } from './session-network.js';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', null],
  ['unix:', null],
  ["1' or '1", null],
])('stores the address %j as %j', (ip, address) => {
  expect(plainAddress(ip)).toBe(address);
});

it.each([
  ['none', '192.0.2.7', null],
  ['network', '192.0.2.7', '192.0.2.7/24'],
  ['address', '192.0.2.7', '192.0.2.7/32'],
  ['network', '::ffff:192.0.2.7', '192.0.2.7/24'],
  ['network', '2001:db8::1', '2001:db8::1/48'],
  ['address', 'fe80::1%eth0', 'fe80::1/128'],
  ['address', 'nowhere', null],
] as const)('a session with the binding "%s", created from %s, is restricted to %j', (binding, ip, network) => {
  expect(boundNetwork(binding, ip)).toBe(network);
});
