import { describe, expect, it } from 'vitest';

import { Catalogs } from '../templating/language/catalog.js';
import { catalogFolder } from './page-renderer.js';
import { Wording } from './wording.js';

const catalogs = new Catalogs(catalogFolder);
const english = new Wording(await catalogs.get('en'));
const german = new Wording(await catalogs.get('de'));

const tooMany = (minutes: number): string =>
  `Too many account verification attempts. Please try again after ${minutes} minutes.`;

describe('What pages say', () => {
  it.each([
    ['This field is required.', 'Please fill this in.', 'Bitte ausfüllen.'],
    ['Log in', 'Sign in', 'Anmelden'],
    ['"<b>" is not a valid choice.', 'Please choose one.', 'Bitte wählen Sie etwas aus.'],
    [
      'Date has wrong format. Use one of these formats instead: YYYY-MM-DD.',
      'Please enter a date.',
      'Bitte geben Sie ein Datum ein.',
    ],
  ])('for %j is plain, in the language of the page', (said, inEnglish, inGerman) => {
    expect(english.of(said)).toBe(inEnglish);
    expect(german.of(said)).toBe(inGerman);
  });

  it.each([
    ['en', 'Too many attempts. Try again in 5 minutes.', 'Too many attempts. Try again in 1 hour.'],
    [
      'de',
      'Zu viele Versuche. Bitte versuchen Sie es in 5 Minuten noch einmal.',
      'Zu viele Versuche. Bitte versuchen Sie es in 1 Stunde noch einmal.',
    ],
    [
      'es',
      'Demasiados intentos. Inténtelo de nuevo dentro de 5 minutos.',
      'Demasiados intentos. Inténtelo de nuevo dentro de 1 hora.',
    ],
    [
      'fr',
      'Trop de tentatives. Veuillez réessayer dans 5 minutes.',
      'Trop de tentatives. Veuillez réessayer dans 1 heure.',
    ],
    ['ar', 'محاولات كثيرة جدًا. أعد المحاولة خلال 5 دقائق.', 'محاولات كثيرة جدًا. أعد المحاولة خلال ساعة واحدة.'],
    ['zh-Hans', '尝试次数过多，请5分钟后再试。', '尝试次数过多，请1小时后再试。'],
  ])('says how long to wait in words (%s)', async (locale, minutes, hour) => {
    const wording = new Wording(await catalogs.get(locale));
    const attempts = (number: number): string => `Too many attempts. Please try again after ${number} minutes.`;
    for (const text of [tooMany(5), attempts(5)]) expect(wording.of(text)).toBe(minutes);
    for (const text of [tooMany(60), attempts(60)]) expect(wording.of(text)).toBe(hour);
  });

  it('says a wait of one minute in the singular', () => {
    for (const text of [tooMany(1), 'Too many attempts. Please try again after 1 minute.']) {
      expect(english.of(text)).toBe('Too many attempts. Try again in 1 minute.');
    }
  });

  it.each(['Our own policy says no.', 'constructor', '', '%(name)s', 'x (a|b)* "c" is not a valid choice'])(
    'for %j, which nobody knows, is the same',
    (text) => {
      expect(german.of(text)).toBe(text);
    },
  );

  it('translates the words that administrators are likely to choose', () => {
    expect(german.of('Password (repeat)')).toBe('Passwort (Wiederholung)');
    expect(german.of('Reset your password')).toBe('Passwort zurücksetzen');
  });

  it('lists alternatives as the language does', () => {
    expect(english.either(['Email', 'Username'])).toBe('Email or Username');
    expect(german.either(['E-Mail-Adresse', 'Benutzername'])).toBe('E-Mail-Adresse oder Benutzername');
  });
});
