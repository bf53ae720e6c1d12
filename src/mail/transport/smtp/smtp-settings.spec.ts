import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readSettings } from '../../../config/read-settings.js';
import { globalSmtpSettings, settingsProblem, type SmtpSettings } from './smtp-settings.js';

const settings: SmtpSettings = {
  kind: 'smtp',
  host: 'mail.example.org',
  port: 587,
  username: 'user',
  password: 'secret',
  useTls: true,
  useSsl: false,
  timeout: 10,
};

const controls = ['\r\n', '\n', '\r', '\0', '\t', '\x1b', '\x7f', '\u0085', '\u2028', '\u2029'];

describe('settingsProblem', () => {
  it.each([
    {},
    { host: '127.0.0.1' },
    { host: '::1' },
    { host: '[2001:db8::1]' },
    { host: 'post.müller.example' },
    { host: 'mail_pit' },
    { useTls: false, useSsl: true },
    { timeout: 0.5 },
    { username: 'jürgen', password: 'pässwörd 🔑' },
  ])('accepts %o', (changes) => {
    expect(settingsProblem({ ...settings, ...changes })).toBeUndefined();
  });

  it.each(controls)('rejects %j in host, user name and password, and names the field', (control) => {
    for (const name of ['host', 'username', 'password'] as const) {
      const reason = settingsProblem({ ...settings, [name]: `a${control}RCPT TO:<eve@evil.example>` });
      expect(reason).toBe(`The ${name} of the mail server contains a control character.`);
    }
  });

  it('never contains the password', () => {
    expect(settingsProblem({ ...settings, password: 'hunter2\n' })).not.toContain('hunter2');
  });

  it.each([
    [{ host: '' }, 'No host is set'],
    [{ host: '  ' }, 'No host is set'],
    [{ host: 'mail.example.org:25' }, 'neither a host name nor an IP address'],
    [{ host: 'smtp://mail.example.org' }, 'neither a host name nor an IP address'],
    [{ host: 'mail example org' }, 'neither a host name nor an IP address'],
    [{ host: 'müller.example/path' }, 'neither a host name nor an IP address'],
    [{ host: 'mail..example.org' }, 'neither a host name nor an IP address'],
    [{ port: 0 }, 'must be 1 to 65535'],
    [{ port: 65_536 }, 'must be 1 to 65535'],
    [{ port: 25.5 }, 'must be 1 to 65535'],
    [{ timeout: 0 }, 'must be more than 0'],
    [{ timeout: -1 }, 'must be more than 0'],
    [{ timeout: Number.NaN }, 'must be more than 0'],
    [{ useSsl: true }, 'Both use_tls and use_ssl are set'],
  ])('rejects %o', (changes, reason) => {
    expect(settingsProblem({ ...settings, ...changes })).toContain(reason);
  });
});

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
