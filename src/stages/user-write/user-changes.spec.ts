import { describe, expect, it } from 'vitest';

import { userChanges } from './user-changes.js';

describe('What is written to a user', () => {
  it('is the user name, the name and the address', () => {
    const data = { username: ' somebody ', name: 'Some Body', email: 'a@example.org' };
    expect(userChanges(data, {})).toEqual({ username: 'somebody', name: 'Some Body', email: 'a@example.org' });
    expect(userChanges({ name: '', email: '' }, {})).toEqual({ name: '', email: '' });
  });

  it('is nothing that makes somebody more than they are, whatever it is called', () => {
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
  ])('cannot have %s %j', (key, value) => {
    expect(userChanges({ [key]: value }, {})).toBeUndefined();
  });
});

describe('The attributes that are written', () => {
  const stored = { some: { thing: 1, other: 2 }, kept: true };

  it('are all of them, with one leaf replaced and its siblings kept', () => {
    expect(userChanges({ 'attributes.some.thing': 'new' }, stored)).toEqual({
      attributes: { some: { thing: 'new', other: 2 }, kept: true },
    });
  });

  it('get levels that are missing, and replace what is no level', () => {
    expect(userChanges({ 'attributes.a.b.c': 1 }, {})).toEqual({ attributes: { a: { b: { c: 1 } } } });
    expect(userChanges({ 'attributes.kept.deep': 1 }, stored)?.attributes?.['kept']).toEqual({ deep: 1 });
  });

  it('are split at the first separator alone', () => {
    expect(userChanges({ 'attributes.some.custom-attribute': 1 }, {})).toEqual({
      attributes: { some: { 'custom-attribute': 1 } },
    });
    expect(userChanges({ 'attributes.phone_number': 1 }, {})).toEqual({ attributes: { phone_number: 1 } });
    expect(userChanges({ attributes_some_thing: 1 }, {})).toEqual({ attributes: { some: { thing: 1 } } });
  });

  it('are merged with a whole object of them, and with nothing else', () => {
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
  ])('are none that the service itself goes by: %j', (data) => {
    const attributes = userChanges(data, {})?.attributes ?? {};
    expect(Object.keys(attributes).filter((name) => name.startsWith('goauthentik.io/'))).toEqual([]);
  });

  it.each(['attributes.__proto__.polluted', 'attributes.constructor.prototype.polluted', 'attributes.__proto__'])(
    'change nothing but the user: %s',
    (key) => {
      const attributes = userChanges({ [key]: { polluted: true } }, {})?.attributes;
      expect(JSON.stringify(attributes)).toContain('polluted');
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    },
  );
});
