import { describe, expect, it } from 'vitest';

import { passwordStrength } from './password-strength.js';

describe('A password strength check', () => {
  it('does not block the event loop', async () => {
    let isChecking = true;
    const check = passwordStrength('657'.repeat(300), []).finally(() => (isChecking = false));
    let turns = 0;
    while (isChecking) {
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
    }
    expect(turns).toBeGreaterThan(10);
    expect(await check).toBe(2);
  });

  it('checks the start and the end of a long password', async () => {
    expect(await passwordStrength(`${'a'.repeat(200)}Kx8!vq2#mZ`, [])).toBeGreaterThan(2);
    expect(await passwordStrength(`Kx8!vq2#mZ${'a'.repeat(200)}`, [])).toBeGreaterThan(2);
    expect(await passwordStrength('ab'.repeat(100), [])).toBeLessThan(2);
  });

  it('is refused with 503 while 100 checks wait', async () => {
    const checks = Array.from({ length: 150 }, (_, index) => passwordStrength(`Kx8!vq2#mZ${index}`, []));
    const results = await Promise.allSettled(checks);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(40);
    expect(refused.length).toBeLessThanOrEqual(50);
    expect(refused[0]!.reason).toMatchObject({ code: 'overloaded', status: 503 });
    expect(await passwordStrength('Kx8!vq2#mZ', [])).toBeGreaterThan(2);
  });
});
