import { describe, expect, it } from 'vitest';

import { toAsciiAddress } from './email-address.js';

describe('toAsciiAddress', () => {
  it('maps an internationalized domain to ASCII', () => {
    expect(toAsciiAddress('ada@Müller.example')).toBe('ada@xn--mller-kva.example');
  });

  it('leaves an ASCII address unchanged', () => {
    expect(toAsciiAddress('Ada@Example.COM')).toBe('Ada@Example.COM');
  });
});
