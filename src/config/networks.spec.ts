import { describe, expect, it } from 'vitest';

import { loopbackFreeNetworks } from './networks.js';

describe('loopbackFreeNetworks', () => {
  it('reads IPv4 and IPv6 addresses and networks', () => {
    expect(loopbackFreeNetworks('10.0.0.0/8, 192.0.2.7,2001:db8::/32')).toEqual([
      '10.0.0.0/8',
      '192.0.2.7',
      '2001:db8::/32',
    ]);
  });

  it.each([
    '127.0.0.1',
    '127.0.0.0/8',
    '0.0.0.0/0',
    '::1',
    '::/0',
    '10.0.0.0/8,::ffff:127.0.0.1',
    'x',
    '10.0.0.0/33',
    '1/8',
    ',',
  ])('refuses %j', (text) => {
    expect(() => loopbackFreeNetworks(text)).toThrow(/^must /);
  });
});
