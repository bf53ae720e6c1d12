import { describe, expect, it } from 'vitest';

import { passwordMessages, passwordProblems } from './new-password.js';

const { common, personal, tooLong, tooShort, weak } = passwordMessages;
const ada = ['ada', 'Ada Lovelace', 'ada.byron@example.org', 'email-stage'];

describe('A new password', () => {
  it.each([
    'correct horse',
    'sunshine-lemon-42',
    'Kx8!vq2#',
    'сложный пароль',
    '密码学很有意思的书',
    '🐎🔋📎🍀🧊🎈🚲🍋',
  ])('is accepted if it is hard to guess: %s', (password) => {
    expect(passwordProblems(password, ada)).toEqual([]);
  });

  it('has at least 8 characters, whatever bytes they take', () => {
    expect(passwordProblems('Kx8!vq2', ada)).toEqual([tooShort]);
    expect(passwordProblems('🐎🔋📎🍀🧊🎈🚲', ada)).toEqual([tooShort]);
    expect(passwordProblems('', ada)).toEqual([tooShort]);
  });

  it('has at most 1,024 bytes', () => {
    const words = 'correct horse battery staple '.repeat(40);
    expect(passwordProblems(words.slice(0, 1024), ada)).toEqual([]);
    expect(passwordProblems(words.slice(0, 1025), ada)).toEqual([tooLong]);
    expect(passwordProblems(`${words.slice(0, 1022)}密`, ada)).toEqual([tooLong]);
  });

  it.each(['12345678', 'password', 'PASSWORD', 'qwertyuiop', 'iloveyou', 'ｐａｓｓｗｏｒｄ'])(
    'is not one of the 10,000 most common ones: %s',
    (password) => {
      expect(passwordProblems(password, ada)).toEqual([common]);
    },
  );

  it('is told everything that is wrong with it at once', () => {
    expect(passwordProblems('123456', ada)).toEqual([tooShort, common]);
    expect(passwordProblems('ada1815', ada)).toEqual([tooShort, personal]);
  });

  it.each([
    'lovelace',
    'Lovelace1815!',
    '4d4-l0v3l4c3',
    'ecalevol',
    'ada.byron@example.org',
    'ada_lovelace_2026',
    'email-stage',
    'Email Stage 2026',
    '3mail-stage',
    'byron2026',
  ])('is not a name or address of the user or of the service: %s', (password) => {
    expect(passwordProblems(password, ada).at(-1)).toBe(personal);
  });

  it('may hold a word that a name holds too', () => {
    expect(passwordProblems('lovelace rides a wooden bicycle', ada)).toEqual([]);
  });

  it.each(['aaaaaaaaaaaa', 'abcdefghijk', 'lovelovelove', 'qazwsx123456', '19991231'])(
    'is not easy to guess: %s',
    (password) => {
      expect(passwordProblems(password, ada)).toEqual([weak]);
    },
  );

  it('is judged by its first 50 characters, so that long ones take no more time', () => {
    expect(passwordProblems(`${'a'.repeat(50)}Kx8!vq2#mZ`, ada)).toEqual([weak]);
    expect(passwordProblems(`Kx8!vq2#mZ${'a'.repeat(50)}`, ada)).toEqual([]);
  });
});
