import { expect, it } from 'vitest';

import { base64, SecretMask } from './secret-mask.js';

const credentials = { username: 'ada', password: 'pass word' };

it.each([
  ['the password', 'bad password "pass word"'],
  ['its Base64 form', `bad ${base64('pass word')}`],
  ['the response of AUTH PLAIN', `unknown command AUTH PLAIN ${base64('\0ada\0pass word')}`],
  ['that response without padding', `bad ${base64('\0ada\0pass word').replace(/=+$/, '')}`],
])('redacts %s', (_, text) => {
  const result = new SecretMask(credentials).redact(text);
  expect(result).toContain('***');
  for (const form of ['pass word', 'cGFzcyB3b3Jk', 'AGFkYQBwYXNzIHdvcmQ']) expect(result).not.toContain(form);
});

it('redacts secrets that are added later', () => {
  const mask = new SecretMask(credentials);
  mask.add('digest==');
  expect(mask.redact('you said digest==, or digest')).toBe('you said ***==, or ***');
});

it('leaves text unchanged without a password', () => {
  expect(new SecretMask({ username: 'ada', password: '' }).redact('any text')).toBe('any text');
});
