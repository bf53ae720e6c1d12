import { describe, expect, it } from 'vitest';

import { userChanges } from './user-changes.js';

describe('The changes to a user', () => {
  it('include username, name and address', () => {
    const data = { username: ' ada ', name: 'Ada Lovelace', email: 'a@example.org' };
    expect(userChanges(data, {})).toEqual({ username: 'ada', name: 'Ada Lovelace', email: 'a@example.org' });
    expect(userChanges({ name: '', email: '' }, {})).toEqual({ name: '', email: '' });
  });

  it('never include privileges, under any key', () => {
    const data = {
      is_active: true,
      isActive: true,
      is_superuser: true,
      pk: 1,
      uuid: 'x',
      path: 'x',
      type: 'internal',
      groups: ['x'],
      password_hash: 'x',
      passwordHash: 'x',
      awaitsConfirmation: false,
      last_login: 'x',
      component: 'ak-stage-prompt',
      password: 'x',
      password_repeat: 'x',
      some_custom_key: 'x',
    };
    expect(userChanges(data, {})).toEqual({});
  });

  it.each<[string, unknown]>([
    ['username', ''],
    ['username', '   '],
    ['username', 'x'.repeat(151)],
    ['username', 'a\0'],
    ['username', null],
    ['username', { $ne: '' }],
    ['name', ['x']],
    ['name', 'a\0'],
    ['email', 'nobody'],
    ['email', 'a@example.org,b@example.org'],
    ['email', 'a@example.org\r\nBcc: b@example.org'],
  ])('are refused for %s %j', (key, value) => {
    expect(userChanges({ [key]: value }, {})).toBeUndefined();
  });
});

describe('The changes to attributes', () => {
  const stored = { some: { thing: 1, other: 2 }, kept: true };

  it('replace one leaf and keep its siblings', () => {
    expect(userChanges({ 'attributes.some.thing': 'new' }, stored)).toEqual({
      attributes: { some: { thing: 'new', other: 2 }, kept: true },
    });
  });

  it('create missing levels, and replace values that are not objects', () => {
    expect(userChanges({ 'attributes.a.b.c': 1 }, {})).toEqual({ attributes: { a: { b: { c: 1 } } } });
    expect(userChanges({ 'attributes.kept.deep': 1 }, stored)?.attributes?.['kept']).toEqual({ deep: 1 });
  });

  it('split keys at the first kind of separator only', () => {
    expect(userChanges({ 'attributes.some.custom-attribute': 1 }, {})).toEqual({
      attributes: { some: { 'custom-attribute': 1 } },
    });
    expect(userChanges({ 'attributes.phone_number': 1 }, {})).toEqual({ attributes: { phone_number: 1 } });
    expect(userChanges({ attributes_some_thing: 1 }, {})).toEqual({ attributes: { some: { thing: 1 } } });
  });

  it('merge a whole object, and ignore other values', () => {
    expect(userChanges({ attributes: { some: { other: 3 }, more: [1] } }, stored)).toEqual({
      attributes: { some: { thing: 1, other: 3 }, kept: true, more: [1] },
    });
    expect(userChanges({ attributes: 'text' }, stored)).toEqual({});
    expect(userChanges({ attributes: [1] }, stored)).toEqual({});
  });

  it.each([
    { attributes: { 'goauthentik.io/user/debug': true } },
    { 'attributes.goauthentik': 1, attributes: { 'goauthentik.io/user/token-expires': false } },
    { attributes_x: 1, 'attributes_goauthentik.io/user/debug': true },
  ])('exclude the reserved attributes of the service: %j', (data) => {
    const attributes = userChanges(data, {})?.attributes ?? {};
    expect(Object.keys(attributes).filter((name) => name.startsWith('goauthentik.io/'))).toEqual([]);
  });

  it.each(['attributes.__proto__.polluted', 'attributes.constructor.prototype.polluted', 'attributes.__proto__'])(
    'do not pollute prototypes: %s',
    (key) => {
      const attributes = userChanges({ [key]: { polluted: true } }, {})?.attributes;
      expect(JSON.stringify(attributes)).toContain('polluted');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    },
  );
});
