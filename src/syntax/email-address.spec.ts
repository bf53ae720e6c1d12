import { describe, expect, it } from 'vitest';

import { toAsciiAddress } from './email-address.js';

describe('toAsciiAddress', () => {
  it('maps an internationalized domain to ASCII', () => {
    expect(toAsciiAddress('ada@Müller.example')).toBe('ada@xn--mller-kva.example');
  });

  it('tags an IPv6 address', () => {
    expect(toAsciiAddress('ada@[2001:db8::1]')).toBe('ada@[IPv6:2001:db8::1]');
    expect(toAsciiAddress('ada@[192.0.2.1]')).toBe('ada@[192.0.2.1]');
  });

  it('leaves an ASCII address unchanged', () => {
    expect(toAsciiAddress('Ada@Example.COM')).toBe('Ada@Example.COM');
  });
});
