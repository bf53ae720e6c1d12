import { expect, it } from 'vitest';

import { base64, SecretMask } from './secret-mask.js';

const credentials = { username: 'ada', password: 'pass word' };

it.each([
  ['the password', 'bad password "pass word"'],
  ['its Base64', `bad ${base64('pass word')}`],
  ['the response of AUTH PLAIN', `unknown command AUTH PLAIN ${base64('\0ada\0pass word')}`],
  ['that response without its padding', `bad ${base64('\0ada\0pass word').replace(/=+$/, '')}`],
])('hides %s', (_, text) => {
  const hidden = new SecretMask(credentials).hide(text);
  expect(hidden).toContain('***');
  for (const form of ['pass word', 'cGFzcyB3b3Jk', 'AGFkYQBwYXNzIHdvcmQ']) expect(hidden).not.toContain(form);
});

it('hides what was added later', () => {
  const mask = new SecretMask(credentials);
  mask.add('digest==');
  expect(mask.hide('you said digest==, or digest')).toBe('you said ***==, or ***');
});

it('leaves everything as it is when there is no password', () => {
  expect(new SecretMask({ username: 'ada', password: '' }).hide('any text')).toBe('any text');
});
