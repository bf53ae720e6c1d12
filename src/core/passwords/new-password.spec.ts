import { describe, expect, it } from 'vitest';

import { type Message, message } from '../../rest/messages/messages.js';
import { passwordProblems, passwordWeakness } from './new-password.js';
import { passwordStrength } from './password-strength.js';

const common = message('passwordCommon');
const personal = message('passwordPersonal');
const tooLong = message('passwordTooLong');
const tooShort = message('passwordTooShort');
const weak = message('passwordGuessable');
const weakness = (password: string): Promise<Message[]> => passwordWeakness(password, ada, passwordStrength);
const ada = ['ada', 'Ada Lovelace', 'ada.byron@example.org', 'email-stage'];

describe('A new password', () => {
  it.each([
    'correct horse',
    'sunshine-lemon-42',
    'Kx8!vq2#',
    'сложный пароль',
    '密码学很有意思的书',
    '🐎🔋📎🍀🧊🎈🚲🍋',
  ])('is accepted if it is hard to guess: %s', async (password) => {
    expect(passwordProblems(password, ada)).toEqual([]);
    expect(await weakness(password)).toEqual([]);
  });

  it('has at least 8 characters, regardless of their bytes', () => {
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
    'is refused if it is one of the 10,000 most common passwords: %s',
    (password) => {
      expect(passwordProblems(password, ada)).toEqual([common]);
    },
  );

  it('with several problems gets all messages at once', () => {
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
  ])('is refused if it resembles a name or address of the user or of the service: %s', (password) => {
    expect(passwordProblems(password, ada).at(-1)).toEqual(personal);
  });

  it('may contain a word of the user’s name', () => {
    expect(passwordProblems('lovelace rides a wooden bicycle', ada)).toEqual([]);
  });

  it.each(['aaaaaaaaaaaa', 'abcdefghijk', 'lovelovelove', 'qazwsx123456', '19991231'])(
    'is refused if it is easy to guess: %s',
    async (password) => {
      expect(passwordProblems(password, ada)).toEqual([]);
      expect(await weakness(password)).toEqual([weak]);
    },
  );

  it('has the strength of the stronger of its first and last 50 characters', async () => {
    expect(await weakness('a'.repeat(100))).toEqual([weak]);
    expect(await weakness(`${'a'.repeat(50)}Kx8!vq2#mZ`)).toEqual([]);
    expect(await weakness(`Kx8!vq2#mZ${'a'.repeat(50)}`)).toEqual([]);
  });
});
