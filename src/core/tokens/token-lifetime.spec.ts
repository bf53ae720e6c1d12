import { describe, expect, it } from 'vitest';

import { ValidationError } from '../../rest/errors/validation-error.js';
import { type Lifetime, lifetimeOf, tokenLifetime } from './token-lifetime.js';

const now = new Date('2024-12-20T10:11:12.123Z');
const latest = new Date('2024-12-21T10:11:12.123Z');
const soon = new Date('2024-12-20T11:00:00Z');
const late = new Date('2025-12-20T10:00:00Z');

function refusal(asked: Partial<Lifetime>, stored?: Lifetime): unknown {
  try {
    return lifetimeOf(asked, stored, now);
  } catch (error) {
    return error instanceof ValidationError ? error.errors : error;
  }
}

const tooFar = { expires: ['Token expires exceeds maximum lifetime (2024-12-21 10:11:12.123 UTC).'] };

it('limits the lifetime of a token to one day', () => {
  expect(tokenLifetime).toBe(86_400_000);
});

describe('lifetimeOf for an API token', () => {
  it('creates API tokens by default', () => {
    expect(lifetimeOf({}, undefined, now)).toEqual({ intent: 'api', expiring: true, expires: latest });
  });

  it.each([soon, late, null])('ignores a requested expiry and returns the maximum lifetime: %s', (expires) => {
    expect(lifetimeOf({ expires }, undefined, now).expires).toEqual(latest);
  });

  it('renews the lifetime with every change', () => {
    expect(lifetimeOf({}, { intent: 'api', expiring: true, expires: soon }, now).expires).toEqual(latest);
  });

  it('accepts tokens without expiry', () => {
    expect(lifetimeOf({ expiring: false }, undefined, now)).toMatchObject({ expiring: false, expires: latest });
  });
});

describe('lifetimeOf for a new app password', () => {
  it.each([soon, latest, new Date('2000-01-01')])('accepts an expiry within the maximum lifetime: %s', (expires) => {
    expect(lifetimeOf({ intent: 'app_password', expires }, undefined, now).expires).toEqual(expires);
  });

  it('refuses a later expiry', () => {
    expect(refusal({ intent: 'app_password', expires: late })).toEqual(tooFar);
    expect(refusal({ intent: 'app_password', expires: new Date(latest.getTime() + 1) })).toEqual(tooFar);
  });

  it.each([undefined, null])('returns the maximum lifetime for the expiry %s', (expires) => {
    const asked = { intent: 'app_password' as const, ...(expires !== undefined && { expires }) };
    expect(lifetimeOf(asked, undefined, now).expires).toEqual(latest);
  });

  it.each([late, null])('accepts any expiry if expiring is false: %s', (expires) => {
    const asked = { intent: 'app_password', expiring: false, expires } as const;
    expect(lifetimeOf(asked, undefined, now)).toEqual(asked);
  });
});

describe('lifetimeOf for a changed app password', () => {
  const stored: Lifetime = { intent: 'app_password', expiring: true, expires: soon };
  const long: Lifetime = { ...stored, expires: late };
  const lasting: Lifetime = { ...long, expiring: false };

  it('keeps an expiry that the request omits or repeats, even a late one', () => {
    expect(lifetimeOf({}, stored, now)).toEqual(stored);
    expect(lifetimeOf({}, long, now)).toEqual(long);
    expect(lifetimeOf({ expires: new Date(late) }, long, now)).toEqual(long);
  });

  it('refuses an expiry that is too late', () => {
    expect(refusal({ expires: late }, stored)).toEqual(tooFar);
    expect(refusal({ expires: new Date(late.getTime() + 1) }, long)).toEqual(tooFar);
  });

  it('limits the lifetime when expiry is switched on', () => {
    expect(lifetimeOf({ expiring: true }, lasting, now)).toEqual({ ...stored, expires: latest });
    expect(lifetimeOf({ expiring: true }, { ...lasting, expires: null }, now).expires).toEqual(latest);
    expect(lifetimeOf({ expiring: true }, { ...lasting, expires: soon }, now).expires).toEqual(soon);
    expect(refusal({ expiring: true, expires: late }, lasting)).toEqual(tooFar);
  });

  it('renews the lifetime when the intent changes from or to API', () => {
    expect(lifetimeOf({ intent: 'api' }, stored, now).expires).toEqual(latest);
    const api: Lifetime = { intent: 'api', expiring: true, expires: soon };
    expect(lifetimeOf({ intent: 'app_password' }, api, now).expires).toEqual(latest);
  });
});

describe('lifetimeOf for a token of the service', () => {
  it('keeps any expiry', () => {
    const stored: Lifetime = { intent: 'recovery', expiring: true, expires: late };
    expect(lifetimeOf({}, stored, now)).toEqual(stored);
  });
});
