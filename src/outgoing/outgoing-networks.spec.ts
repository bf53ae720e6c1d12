import { describe, expect, it } from 'vitest';

import { AddressRefusedError, OutgoingNetworks } from './outgoing-networks.js';

const publicOnly = new OutgoingNetworks([], 'WEBHOOK_ALLOW');

describe('OutgoingNetworks', () => {
  it.each([
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['unique local', 'fc00::1', 'fd12:3456::1'],
    ['link-local', '169.254.1.1', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['carrier-grade NAT', '100.64.0.1', '100.127.255.255'],
    ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
    [
      'reserved',
      '192.0.0.8',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '240.0.0.1',
      '2001:db8::1',
      '4000::1',
    ],
    [
      'cloud metadata',
      '169.254.169.254',
      '100.100.100.200',
      '192.0.0.192',
      '168.63.129.16',
      'fd00:ec2::254',
      'fd20:ce::254',
    ],
    ['IPv4-mapped private', '::ffff:127.0.0.1', '::ffff:a00:1', '::ffff:169.254.169.254'],
    ['IPv4-compatible', '::127.0.0.1', '::808:808'],
    [
      'translated private (RFC 6052, 6145, 8215)',
      '64:ff9b::7f00:1',
      '64:ff9b::10.0.0.1',
      '::ffff:0:7f00:1',
      '64:ff9b:1::808:808',
    ],
    ['6to4 private', '2002:7f00:1::1', '2002:a9fe:a9fe::'],
    ['Teredo', '2001:0:7f00:1::'],
  ])('refuse %s addresses', (_, ...addresses) => {
    expect(addresses.filter((address) => publicOnly.allows(address))).toEqual([]);
  });

  it('allow public addresses, also through a gateway to IPv4', () => {
    const addresses = [
      '8.8.8.8',
      '172.32.0.1',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
      '2002:808:808::',
    ];
    expect(addresses.filter((address) => !publicOnly.allows(address))).toEqual([]);
  });

  it('allow the networks that the operator names, and no others', () => {
    const networks = new OutgoingNetworks(['10.1.0.0/16', 'fd00:1::/32', '127.0.0.1'], 'WEBHOOK_ALLOW');
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::5', '127.0.0.1']) {
      expect([address, networks.allows(address)]).toEqual([address, true]);
    }
    for (const address of ['10.2.0.1', 'fd00:2::5', '127.0.0.2', '::1', '169.254.169.254']) {
      expect([address, networks.allows(address)]).toEqual([address, false]);
    }
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://①②⑦.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
    'https://[64:ff9b::7f00:1]/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
  ])('refuse %s before any connection', (url) => {
    expect(() => publicOnly.check(new URL(url))).toThrow(AddressRefusedError);
  });
});
