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

  it('has the numbers of the original, in the form that goes with them', () => {
    expect(english.of(tooMany(1))).toBe('That was too often. Please try again in 1 minute.');
    expect(english.of(tooMany(5))).toBe('That was too often. Please try again in 5 minutes.');
    expect(german.of(tooMany(5))).toContain('in 5 Minuten');
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
