import { describe, expect, it } from 'vitest';

import { toAsciiHost } from './mail-host.js';

describe('toAsciiHost', () => {
  it('maps internationalized names to ASCII', () => {
    expect(toAsciiHost('post.müller.example')).toBe('post.xn--mller-kva.example');
  });

  it('removes the brackets of address literals', () => {
    expect(toAsciiHost('[::1]')).toBe('::1');
  });
});
