import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';

import { definitions, environment, readSettings, SettingsError } from './read-settings.js';
import { publicUrl } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function messageOf(env: Record<string, string>): string {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('no error');
}

describe('readSettings', () => {
  it('gives the defaults for an empty environment', () => {
    const { settings, warnings } = readSettings({});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 9000, dataDir: './data', role: 'all', emailPort: 25 });
    expect(settings.databaseUrl).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('takes an empty variable for an unset one', () => {
    expect(readSettings({ PORT: '', HOST: '  ' }).settings).toMatchObject({ port: 9000, host: '127.0.0.1' });
  });

  it('names every variable that cannot be used, in one error', () => {
    const message = messageOf({
      PORT: '70000',
      ROLE: 'boss',
      EMAIL_USE_TLS: 'maybe',
      PUBLIC_URL: 'here',
      SECRET_KEY: 'a',
    });
    expect(message.split('\n').slice(1)).toEqual([
      '  PORT must be a whole number from 0 to 65535',
      '  PUBLIC_URL must be a URL that starts with http:// or https://',
      '  ROLE must be one of all, api, worker',
      '  SECRET_KEY must have at least 32 characters',
      '  EMAIL_USE_TLS must be true or false',
    ]);
  });

  it('never repeats a secret in its error', () => {
    expect(messageOf({ SECRET_KEY: 'hunter2', BOOTSTRAP_TOKEN: 'short' })).not.toMatch(/hunter2|short$/m);
  });

  it('converts the text of a variable to the value that the code uses', () => {
    const { settings } = readSettings({
      PORT: '080',
      EMAIL_USE_TLS: 'Yes',
      MAIL_ENDS_OLDER_LINKS: '0',
      BRAND_COLOR: '#ABC',
      METRICS_NETWORKS: '10.0.0.0/8, 192.0.2.7',
      SECURITY_CONTACT: 'mailto:security@example.org',
      SECURITY_EXPIRES: '2027-06-30T00:00:00+02:00',
    });
    expect(settings).toMatchObject({
      port: 80,
      emailUseTls: true,
      mailEndsOlderLinks: false,
      brandColor: 'abc',
      metricsNetworks: ['10.0.0.0/8', '192.0.2.7'],
      securityExpires: '2027-06-29T22:00:00.000Z',
    });
  });

  it.each([
    ['PORT', '1e3', 'must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535'],
    ['EMAIL_USE_TLS', '2', 'must be true or false'],
    ['LOG_LEVEL', 'INFO', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['BRAND_COLOR', '2450c8ff', 'must be a colour such as 2450c8'],
    ['METRICS_NETWORKS', 'x', 'must be addresses and networks such as 10.0.0.0/8, not x'],
    [
      'METRICS_NETWORKS',
      '10.0.0.0/8,::1',
      'must not hold loopback addresses: every client of a proxy on this machine seems to have one',
    ],
    ['SECURITY_CONTACT', 'security@example.org', 'must be a URL that starts with mailto: or https:// or tel:'],
    ['SECURITY_EXPIRES', '2027-13-01', 'must be a date such as 2027-06-30'],
    ['DATABASE_URL', 'mysql://db/x', 'must be a URL that starts with postgres:// or postgresql://'],
    ['METRICS_TOKEN', 'x'.repeat(15), 'must have at least 16 characters'],
  ])('refuses %s=%s', (name, value, message) => {
    expect(messageOf({ [name]: value })).toContain(`\n  ${name} ${message}`);
  });

  it('asks for SECURITY_EXPIRES with a contact', () => {
    expect(messageOf({ SECURITY_CONTACT: 'tel:+1-201-555-0123' })).toContain(
      'SECURITY_EXPIRES is required with SECURITY_CONTACT',
    );
  });

  it('asks for SECRET_KEY when a database of your own is used', () => {
    expect(messageOf({ DATABASE_URL: 'postgres://localhost/x' })).toContain('SECRET_KEY is required with DATABASE_URL');
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'from a file\n');
    expect(readSettings({ EMAIL_PASSWORD_FILE: file }).settings.emailPassword).toBe('from a file');
  });

  it('refuses a secret that is given twice, and a file that cannot be read', () => {
    const missing = join(folder, 'missing');
    const message = messageOf({ EMAIL_PASSWORD: 'a', EMAIL_PASSWORD_FILE: 'b', BOOTSTRAP_PASSWORD_FILE: missing });
    expect(message).toContain('EMAIL_PASSWORD and EMAIL_PASSWORD_FILE are both set; set one of them');
    expect(message).toMatch(/BOOTSTRAP_PASSWORD cannot be read from BOOTSTRAP_PASSWORD_FILE: ENOENT/);
  });

  it('warns of what looks like a misspelt setting', () => {
    const { warnings } = readSettings({ EMAIL_HOTS: 'mail', EMAIL_PASSWORD_FILE: '', PATH: '/bin' });
    expect(warnings).toEqual(['EMAIL_HOTS is set but is not a setting of this service; is it misspelt?']);
  });
});

describe('environment', () => {
  it('completes the variables of the process by the file .env, which does not win', () => {
    writeFileSync(join(folder, '.env'), `PATH=mine\nEMAIL_HOST="mail.example.org"\n`);
    const env = environment(folder);
    expect(env['EMAIL_HOST']).toBe('mail.example.org');
    expect(env['PATH']).toBe(process.env['PATH']);
  });

  it('needs no such file', () => {
    expect(environment(join(folder, 'nowhere'))['PATH']).toBe(process.env['PATH']);
  });
});

describe('publicUrl', () => {
  it.each([
    [{}, 'http://127.0.0.1:9000'],
    [{ HOST: '::1', PORT: '80' }, 'http://[::1]:80'],
    [{ PUBLIC_URL: 'https://login.example.org/' }, 'https://login.example.org'],
  ])('of %o is %s', (env, url) => {
    expect(publicUrl(readSettings(env).settings)).toBe(url);
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

  it('holds every setting with its default and its comment, in order', () => {
    const lines = Object.entries(definitions).map(([name, { fallback, comment }]) => {
      return `# ${comment}\n${name}=${fallback === undefined ? '' : String(fallback)}\n`;
    });
    expect(
      text
        .split('\n\n')
        .slice(1)
        .map((part) => `${part.trimEnd()}\n`),
    ).toEqual(lines);
  });

  it('says what no file says too', () => {
    expect(readSettings(parseEnv(text) as Record<string, string>)).toEqual(readSettings({}));
  });
});
