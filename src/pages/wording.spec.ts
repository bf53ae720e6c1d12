import { describe, expect, it } from 'vitest';

import { message } from '../rest/messages/messages.js';
import { Catalogs } from '../templating/language/catalog.js';
import { catalogFolder } from './page-renderer.js';
import { Wording } from './wording.js';

const catalogs = new Catalogs(catalogFolder);
const english = new Wording(await catalogs.get('en'));
const german = new Wording(await catalogs.get('de'));

describe('The wording of pages', () => {
  it.each([
    [message('required'), 'Please fill in this field.', 'Bitte füllen Sie dieses Feld aus.'],
    [message('logIn'), 'Sign in', 'Anmelden'],
    [message('notChoice', { choice: '<b>' }), 'Please select an option.', 'Bitte wählen Sie eine Option aus.'],
    [message('notDate'), 'Please enter a date.', 'Bitte geben Sie ein Datum ein.'],
    [message('maxValue', { maximum: 9 }), 'Please enter 9 or less.', 'Bitte geben Sie höchstens 9 ein.'],
  ])('translates the message %j', (shown, inEnglish, inGerman) => {
    expect(english.message(shown)).toBe(inEnglish);
    expect(german.message(shown)).toBe(inGerman);
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
  ])('shows how long to wait (%s)', async (locale, inMinutes, inAnHour) => {
    const wording = new Wording(await catalogs.get(locale));
    for (const code of ['tooManyAttempts', 'tooManyMails'] as const) {
      expect(wording.message(message(code, { minutes: 5 }))).toBe(inMinutes);
      expect(wording.message(message(code, { minutes: 60 }))).toBe(inAnHour);
    }
  });

  it('uses the singular and the plural', () => {
    expect(english.message(message('tooManyAttempts', { minutes: 1 }))).toBe(
      'Too many attempts. Try again in 1 minute.',
    );
    expect(english.message(message('maxLength', { limit: 1 }))).toBe('Please use at most 1 character.');
    expect(english.message(message('maxLength', { limit: 2 }))).toBe('Please use at most 2 characters.');
  });

  it.each(['Our own policy says no.', 'Invalid password', 'This link is too old.', 'constructor', '', '%(name)s'])(
    'shows administrators’ texts unchanged: %j',
    (written) => {
      expect(german.message({ written })).toBe(written);
    },
  );

  it('translates common titles and labels', () => {
    expect(german.written('Password (repeat)')).toBe('Passwort (Wiederholung)');
    expect(german.written('Reset your password')).toBe('Passwort zurücksetzen');
  });

  it('joins alternatives by the rules of the language', () => {
    expect(english.alternatives(['Email', 'Username'])).toBe('Email or username');
    expect(german.alternatives(['E-Mail-Adresse', 'Benutzername'])).toBe('E-Mail-Adresse oder Benutzername');
  });
});
