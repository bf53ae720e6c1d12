import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readSettings } from '../../config/read-settings.js';
import { globalSmtpSettings } from './smtp-settings.js';
import { settingsProblem } from './validation.js';

describe('globalSmtpSettings', () => {
  it('returns valid settings for every configuration that is accepted at the start', () => {
    const pieces = [
      'a',
      'mail',
      '.',
      ':',
      '@',
      '[',
      ']',
      '::1',
      ' ',
      '\n',
      '\0',
      '\u2028',
      'ü',
      '//',
      '-',
      '_',
      '127.0.0.1',
    ];
    const text = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 6 });
    const flag = fc.constantFrom('0', '1');
    const environment = fc.record({
      EMAIL_HOST: fc.oneof(text, fc.constantFrom('mail.example.org', '[::1]')),
      EMAIL_PORT: fc.integer({ min: -1, max: 70_000 }).map(String),
      EMAIL_USERNAME: text,
      EMAIL_PASSWORD: text,
      EMAIL_USE_TLS: flag,
      EMAIL_USE_SSL: flag,
      EMAIL_TIMEOUT: fc.integer({ min: -1, max: 4000 }).map(String),
    });
    let accepted = 0;
    fc.assert(
      fc.property(environment, (env) => {
        let smtp;
        try {
          smtp = globalSmtpSettings(readSettings(env).settings);
        } catch {
          return;
        }
        accepted += 1;
        expect(smtp === undefined ? undefined : settingsProblem(smtp)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
