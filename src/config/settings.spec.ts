import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';

import { definitions, environment, readSettings, SettingsError } from './read-settings.js';
import { publicUrl } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
const textFile = join(folder, 'text.png');
writeFileSync(textFile, 'no image');
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
  it('returns the defaults for an empty environment', () => {
    const { settings, warnings } = readSettings({});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 9000, dataDir: './data', role: 'all', emailPort: 25 });
    expect(settings.databaseUrl).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('treats an empty variable as unset', () => {
    expect(readSettings({ PORT: '', HOST: '  ' }).settings).toMatchObject({ port: 9000, host: '127.0.0.1' });
  });

  it('reports all invalid variables in one error', () => {
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

  it('omits secrets from the error', () => {
    expect(messageOf({ SECRET_KEY: 'hunter2', BOOTSTRAP_TOKEN: 'short' })).not.toMatch(/hunter2|short$/m);
  });

  it('converts variables to typed values', () => {
    const { settings } = readSettings({
      PORT: '080',
      EMAIL_USE_TLS: 'Yes',
      MAIL_ENDS_OLDER_LINKS: '0',
      BRAND_COLOR: '#ABC',
      BRAND_FOOTER: 'City Library\\n 1 Main Street\r\nSpringfield',
      METRICS_NETWORKS: '10.0.0.0/8, 192.0.2.7',
      TRUST_PROXY: 'loopback, 10.0.0.0/255.0.0.0,2001:db8::/32',
      SECURITY_CONTACT: 'mailto:security@example.org',
      SECURITY_EXPIRES: '2027-06-30T00:00:00+02:00',
    });
    expect(settings).toMatchObject({
      port: 80,
      emailUseTls: true,
      mailEndsOlderLinks: false,
      brandColor: 'abc',
      brandFooter: 'City Library\n1 Main Street\nSpringfield',
      metricsNetworks: ['10.0.0.0/8', '192.0.2.7'],
      trustProxy: ['loopback', '10.0.0.0/255.0.0.0', '2001:db8::/32'],
      securityExpires: '2027-06-29T22:00:00.000Z',
    });
  });

  it.each([
    ['PORT', '1e3', 'must be a whole number from 0 to 65535'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535'],
    ['EMAIL_USE_TLS', '2', 'must be true or false'],
    ['LOG_LEVEL', 'INFO', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['BRAND_COLOR', '2450c8ff', 'must be a colour such as 2450c8'],
    [
      'ALLOWED_REDIRECTS',
      'https://*.example.com',
      'must be exact origins such as https://app.example.com, without path or pattern, not https://*.example.com',
    ],
    ['WEBHOOK_ALLOW', '10.0.0.0/8,x', 'must be addresses and networks such as 10.0.0.0/8, not x'],
    ['METRICS_NETWORKS', 'x', 'must be addresses and networks such as 10.0.0.0/8, not x'],
    [
      'METRICS_NETWORKS',
      '10.0.0.0/8,::1',
      'must not hold loopback addresses: every client of a proxy on this machine seems to have one',
    ],
    ['SECURITY_CONTACT', 'security@example.org', 'must be a URL that starts with mailto: or https:// or tel:'],
    ['SECURITY_EXPIRES', '2027-13-01', 'must be a date such as 2027-06-30'],
    ['DATABASE_URL', 'mysql://db/x', 'must be a URL that starts with postgres:// or postgresql://'],
    ['DATABASE_DIRECT_URL', 'postgres://db/x', 'is set without DATABASE_URL'],
    ['METRICS_TOKEN', 'x'.repeat(15), 'must have at least 16 characters'],
    ['METRICS_TOKEN', 'a token with blanks', 'must consist of ASCII characters, without blanks'],
    ['BOOTSTRAP_TOKEN', `${'x'.repeat(32)}ü`, 'must consist of ASCII characters'],
    ['BOOTSTRAP_EMAIL', 'root', 'must be one email address. The address of the recipient is not'],
    ['PUBLIC_URL', 'https:login.example.org', 'must be a URL that starts with http:// or https://'],
    ['PUBLIC_URL', 'https://login.example.org/?a=b', 'must have a host, and a port if needed, but no path, query'],
    ['PUBLIC_URL', 'https://example.org/login', 'must have a host, and a port if needed, but no path, query'],
    ['PUBLIC_URL', 'https://a:b@example.org', 'must have a host, and a port if needed, but no path, query'],
    ['SECURITY_CONTACT', 'mailto:a@example.org\nCanonical: x', 'must be a URL that starts with'],
    ['TRUST_PROXY', '10.0.0.1,', 'must be addresses and networks such as 10.0.0.0/8, not an empty one'],
    ['TRUST_PROXY', 'proxy.example.org', 'must be addresses and networks such as 10.0.0.0/8, not proxy.example.org'],
    ['BRAND_NAME', 'City\nLibrary', 'cannot be the name of a sender of mails. The name contains a control character.'],
    ['BRAND_LOGO', '/nowhere/logo.png', 'names a file that does not exist: /nowhere/logo.png'],
    ['BRAND_LOGO', textFile, `is not an image: ${textFile}`],
    ['BRAND_FOOTER', 'a\u0007b', 'must not contain control characters apart from line breaks'],
    ['BRAND_FOOTER', 'x'.repeat(2001), 'must have at most 2000 characters'],
    ['BRAND_LOGO', folder, 'must be a file that ends in .svg, .png, .jpg, .jpeg, .webp, .gif or .avif'],
    ['PAGE_TEMPLATE_DIR', '/nowhere', 'names a folder that does not exist: /nowhere'],
    ['BLUEPRINT_DIR', '/nowhere', 'names a folder that does not exist: /nowhere'],
    ['EMAIL_TEMPLATE_DIR', '/etc/passwd', 'is not a folder: /etc/passwd'],
    ['DATA_DIR', '/etc/passwd/data', 'is not a folder: /etc/passwd'],
    [
      'EMAIL_HOST',
      'mail.example.org:25',
      'must be a host name or an IP address. The host of the mail server is neither',
    ],
    ['EMAIL_HOST', 'smtp://mail.example.org', 'must be a host name or an IP address. The host of the mail server is'],
    ['EMAIL_PASSWORD', 'a\nb', 'must not contain control characters'],
    ['EMAIL_FROM', 'City Library', 'must be an address, or a name and an address such as City Library <books@'],
    ['EMAIL_FROM', 'a@example.org, b@example.org', 'must be an address, or a name and an address such as City'],
    ['EMAIL_FROM', '=?utf-8?q?City?= <books@library.example>', 'must be an address, or a name and an address'],
    [
      'EMAIL_FROM_NAME',
      '=?utf-8?q?City?=',
      'cannot be the name of a sender of mails. The name contains an encoded word',
    ],
  ])('refuses %s=%s', (name, value, message) => {
    expect(messageOf({ [name]: value })).toContain(`\n  ${name} ${message}`);
  });

  it.each(['books@library.example', 'City Library <books@library.example>', '"Library, City" <books@library.example>'])(
    'accepts %s as EMAIL_FROM',
    (sender) => {
      expect(readSettings({ EMAIL_FROM: sender }).settings.emailFrom).toBe(sender);
    },
  );

  it('refuses EMAIL_USE_SSL together with EMAIL_USE_TLS', () => {
    expect(messageOf({ EMAIL_USE_TLS: '1', EMAIL_USE_SSL: '1' })).toContain(
      'EMAIL_USE_SSL and EMAIL_USE_TLS are both set; EMAIL_USE_TLS is for port 587 or 25, EMAIL_USE_SSL for port 465',
    );
  });

  it('refuses EMAIL_USERNAME without EMAIL_PASSWORD', () => {
    const login = { EMAIL_HOST: 'mail.example.org', EMAIL_USERNAME: 'ada' };
    expect(messageOf(login)).toContain('EMAIL_USERNAME is set without EMAIL_PASSWORD');
    expect(readSettings({ ...login, EMAIL_PASSWORD: 'x' }).settings.emailUsername).toBe('ada');
  });

  it('accepts an EMAIL_TEMPLATE_DIR that does not exist yet', () => {
    expect(readSettings({ EMAIL_TEMPLATE_DIR: '/nowhere' }).settings.emailTemplateDir).toBe('/nowhere');
  });

  it('requires SECURITY_EXPIRES with SECURITY_CONTACT', () => {
    expect(messageOf({ SECURITY_CONTACT: 'tel:+1-201-555-0123' })).toContain(
      'SECURITY_EXPIRES is required with SECURITY_CONTACT',
    );
  });

  it('checks DATABASE_DIRECT_URL like DATABASE_URL', () => {
    const message = messageOf({ DATABASE_URL: 'postgres://db/x', DATABASE_DIRECT_URL: 'postgres://db/x?sslmode=on' });
    expect(message).toContain('DATABASE_DIRECT_URL has sslmode=on: it must be disable, allow, prefer, require');
  });

  it('requires SECRET_KEY with DATABASE_URL', () => {
    expect(messageOf({ DATABASE_URL: 'postgres://localhost/x' })).toContain('SECRET_KEY is required with DATABASE_URL');
  });

  it('reads a secret from the file named by the variable with the suffix _FILE', () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'from a file\n');
    expect(readSettings({ EMAIL_PASSWORD_FILE: file }).settings.emailPassword).toBe('from a file');
  });

  it('refuses a secret given both as value and as file, and an unreadable file', () => {
    const missing = join(folder, 'missing');
    const message = messageOf({ EMAIL_PASSWORD: 'a', EMAIL_PASSWORD_FILE: 'b', BOOTSTRAP_PASSWORD_FILE: missing });
    expect(message).toContain('EMAIL_PASSWORD and EMAIL_PASSWORD_FILE are both set; set one of them');
    expect(message).toMatch(/BOOTSTRAP_PASSWORD cannot be read from BOOTSTRAP_PASSWORD_FILE: ENOENT/);
  });

  it('warns about a logo that mails cannot show', () => {
    const file = join(folder, 'logo.svg');
    writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const { warnings } = readSettings({ BRAND_LOGO: file });
    expect(warnings).toEqual([
      expect.stringMatching(/^BRAND_LOGO is shown on pages only: mails show PNG, JPEG or GIF/),
    ]);
  });

  it('warns about variables that look like misspelt settings', () => {
    const { warnings } = readSettings({ EMAIL_HOTS: 'mail', EMAIL_PASSWORD_FILE: '', PATH: '/bin' });
    expect(warnings).toEqual(['EMAIL_HOTS is set but is not a setting of this service; is it misspelt?']);
  });
});

describe('environment', () => {
  it('adds variables from .env; those of the process take precedence', () => {
    writeFileSync(join(folder, '.env'), `PATH=mine\nEMAIL_HOST="mail.example.org"\n`);
    const env = environment(folder);
    expect(env['EMAIL_HOST']).toBe('mail.example.org');
    expect(env['PATH']).toBe(process.env['PATH']);
  });

  it('works without a .env file', () => {
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

  it('lists every setting with its default and comment, in order', () => {
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

  it('has the same effect as no file', () => {
    expect(readSettings(parseEnv(text) as Record<string, string>)).toEqual(readSettings({}));
  });
});
