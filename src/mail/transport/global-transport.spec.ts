import { describe, expect, it } from 'vitest';

import { readSettings } from '../../config/read-settings.js';
import { globalTransports } from './global-transport.js';

function transport(environment: Record<string, string>): unknown {
  const transports = globalTransports(readSettings(environment).settings);
  return transports.length === 1 ? transports[0] : transports;
}

const server = { kind: 'smtp', host: 'mail.example.org', username: '', password: '', useTls: false, useSsl: false };
const login = { username: 'ada', password: 'p@ss:/ #%' };
const written = 'ada:p%40ss%3A%2F%20%23%25';

describe('EMAIL_URL', () => {
  it.each([
    ['smtp://mail.example.org', { port: 25 }],
    ['SMTP://mail.example.org:2525/', { port: 2525 }],
    ['smtp://mail.example.org:587?require_tls=true', { port: 587, useTls: true }],
    [`smtp://${written}@mail.example.org:587`, { ...login, port: 587, useTls: true }],
    [`smtp://${written}@mail.example.org?require_tls=false`, { ...login, port: 25 }],
    [`smtps://${written}@mail.example.org`, { ...login, port: 465, useSsl: true }],
    ['smtp://mail.example.org?concurrency=2&rate=1/s', { port: 25, rate: 1, concurrency: 2 }],
    ['smtp://mail.example.org?rate=14/s', { port: 25, rate: 14 }],
    [
      `smtp://${written}@mail.example.org:587?rate=90/m&require_tls=true`,
      { ...login, port: 587, useTls: true, rate: 1.5 },
    ],
    ['smtp://mail.example.org?dsn=failure,delay', { port: 25, dsn: { notify: ['FAILURE', 'DELAY'], returns: 'HDRS' } }],
    ['smtp://mail.example.org?dsn=never&dsn_return=full', { port: 25, dsn: { notify: ['NEVER'], returns: 'FULL' } }],
    ['smtp://[2001:db8::1]:26', { host: '2001:db8::1', port: 26 }],
    ['smtp://müller.example', { host: 'müller.example', port: 25 }],
  ])('%s is a mail server', (url, changes) => {
    const others = { EMAIL_URL: url, EMAIL_TIMEOUT: '7', EMAIL_HELO: 'id.example.org' };
    expect(transport(others)).toEqual({ ...server, timeout: 7, clientName: 'id.example.org', ...changes });
  });

  it('failover() is several transports, in order', () => {
    const url = `failover( smtp://${written}@mail.example.org   resend://re_1@default )`;
    expect(transport({ EMAIL_URL: url })).toMatchObject([
      { kind: 'smtp', host: 'mail.example.org', ...login },
      { kind: 'http', provider: 'resend', secret: 're_1' },
    ]);
  });

  it('mailbox:// is the local mailbox, as no setting is', () => {
    expect(transport({ EMAIL_URL: 'mailbox://' })).toEqual({ kind: 'mailbox' });
    expect(transport({})).toEqual({ kind: 'mailbox' });
  });

  it.each([
    [
      'mail.example.org',
      /^EMAIL_URL must start with one of smtp:\/\/, smtps:\/\/, resend:\/\/, .*https:\/\/, mailbox:\/\/\.$/,
    ],
    ['pigeon://mail.example.org', /^EMAIL_URL must start with one of smtp:/],
    ['smtp://', /^EMAIL_URL (is not a URL|has no host)/],
    ['smtp://mail example.org', /^EMAIL_URL is not a URL/],
    ['smtp://mail.example.org:66000', /^EMAIL_URL is not a URL/],
    ['smtp://mail.example.org:0', /^EMAIL_URL cannot be used: The port .* 1 to 65535/],
    ['smtp://mail..example.org', /^EMAIL_URL cannot be used: The host .* neither a host name nor an IP address/],
    ['smtp://mail.example.org/inbox', /^EMAIL_URL must not have a path\.$/],
    ['smtp://mail.example.org?tls=1', /^EMAIL_URL has the unknown parameter "tls"; known: require_tls, oauth, /],
    ['smtp://mail.example.org?require_tls=maybe', /^EMAIL_URL must have true or false as require_tls\.$/],
    ['smtps://mail.example.org?require_tls=false', /^EMAIL_URL cannot be smtps:\/\/ with require_tls=false\.$/],
    ...['rate=14', 'rate=0/s', 'rate=1/s&rate=2/s', 'rate=-1/m'].map((query): [string, RegExp] => [
      `smtp://mail.example.org?${query}`,
      /^EMAIL_URL must have one rate such as rate=14\/s,/,
    ]),
    ...['dsn=', 'dsn=pigeon', 'dsn=never,failure', 'dsn=delay,delay'].map((query): [string, RegExp] => [
      `smtp://mail.example.org?${query}`,
      /^EMAIL_URL must have never, or some of success, failure and delay with commas, as dsn\.$/,
    ]),
    ['smtp://mail.example.org?dsn=delay&dsn_return=body', /^EMAIL_URL must have headers or full as dsn_return\.$/],
    ['smtp://mail.example.org?dsn_return=full', /^EMAIL_URL has dsn_return without dsn\.$/],
    ['smtp://mail.example.org?concurrency=0', /^EMAIL_URL must have one concurrency from 1 to 999\.$/],
    ['smtp://ada@mail.example.org', /^EMAIL_URL has a user name without a password\.$/],
    ['smtp://ada:secret%zz@mail.example.org', /^EMAIL_URL has a % that is not written as %25\.$/],
    ['smtp://ada@mail.example.org?client_id=a', /^EMAIL_URL has client_id without oauth=microsoft, /],
    [
      'smtp://ada:secret@mail.example.org?oauth=other&token_url=https://x.org&client_id=a&client_secret=secret',
      /^EMAIL_URL has both a password and oauth\.$/,
    ],
    ['smtp://mail.example.org?oauth=microsoft&tenant=a', /^EMAIL_URL has no user name\.$/],
    ['smtp://ada@mail.example.org?oauth=pigeon', /^EMAIL_URL must have microsoft, google or other as oauth\.$/],
    ['smtp://ada@mail.example.org?oauth=microsoft&client_id=a', /^EMAIL_URL needs the tenant, its ID or its domain\.$/],
    [
      'smtp://ada@mail.example.org?oauth=microsoft&tenant=a&client_id=b',
      /^EMAIL_URL needs client_secret, key_file or key\.$/,
    ],
    ['smtp://ada@mail.example.org?oauth=microsoft&tenant=a&client_secret=secret', /^EMAIL_URL needs client_id\.$/],
    [
      'smtp://ada@mail.example.org?oauth=google&client_id=a&client_secret=secret',
      /^EMAIL_URL needs key_file or key with the JSON key/,
    ],
    [
      'smtp://ada@mail.example.org?oauth=other&client_id=a&client_secret=secret',
      /^EMAIL_URL needs token_url with oauth=other\.$/,
    ],
    [
      'smtp://ada@mail.example.org?oauth=other&client_id=a&client_secret=secret&token_url=http://x.org',
      /^EMAIL_URL must have an https:/,
    ],
    [
      'smtp://ada@mail.example.org?oauth=google&key_file=/nowhere.json',
      /^EMAIL_URL has a key_file that cannot be read: ENOENT\.$/,
    ],
    [
      'smtp://ada@mail.example.org?oauth=google&key_file=package.json',
      /^EMAIL_URL has a key_file that is not the JSON key of a service account\.$/,
    ],
    ['smtp://ada@mail.example.org?oauth=google&key=%7Bsecret', /^EMAIL_URL has a key that is not base64\.$/],
    [
      `smtp://ada@mail.example.org?oauth=google&key=${Buffer.from('{"a": "secret"}').toString('base64')}`,
      /^EMAIL_URL has a key that is not the JSON key of a service account\.$/,
    ],
    [
      `smtp://ada@mail.example.org?oauth=microsoft&tenant=a&client_id=b&key=${Buffer.from('secret').toString('base64')}`,
      /^EMAIL_URL has a key without a private key that can be read\.$/,
    ],
    [
      'smtp://ada@mail.example.org?oauth=microsoft&tenant=a&client_id=b&key=secret&key_file=/x',
      /^EMAIL_URL has both key and key_file; one of them is enough\.$/,
    ],
    ['smtp://ada:secret%0D%0A@mail.example.org', /^EMAIL_URL cannot be used: The password .* control character/],
    ['smtp://ada:secret@mail.example.org#x', /^EMAIL_URL has a # that is not written as %23\.$/],
    ['failover(smtp://ada:secret@a.example smtp://b.example', /^EMAIL_URL must be failover\(<url> <url>\)/],
    ['failover(smtp://ada:secret@a.example)', /^EMAIL_URL must have two or more URLs in failover/],
    ['failover(smtp://a.example ada:secret@b.example)', /^EMAIL_URL must start with one of smtp:/],
    ['failover(smtp://a.example failover(smtp://b.example))', /^EMAIL_URL must start with one of smtp:/],
    ['failover(smtp://a.example mailbox://)', /^EMAIL_URL must not have mailbox:\/\/ in failover\(\)\.$/],
    [`failover(${'smtp://a.example '.repeat(11)})`, /^EMAIL_URL must not have more than 10 URLs/],
    ['mailbox://here', /^EMAIL_URL must be mailbox:\/\/ without anything after it\.$/],
  ])('%s gets an error without the secret', (url, message) => {
    expect(() => transport({ EMAIL_URL: url })).toThrow(message);
    expect(() => transport({ EMAIL_URL: url })).not.toThrow(/(?<!client_)secret/);
  });

  it.each([
    [{ EMAIL_HOST: 'other.example.org' }, 'EMAIL_HOST'],
    [{ EMAIL_HOST: 'mail.example.org', EMAIL_PORT: '465', EMAIL_USE_SSL: '1' }, 'EMAIL_PORT, EMAIL_USE_SSL'],
    [
      { EMAIL_HOST: 'mail.example.org', EMAIL_USERNAME: 'eve', EMAIL_PASSWORD: 'secret' },
      'EMAIL_USERNAME, EMAIL_PASSWORD',
    ],
  ])('together with %j names what differs', (others, names) => {
    const url = 'smtp://ada:hidden@mail.example.org:587';
    expect(() => transport({ EMAIL_URL: url, ...others })).toThrow(
      `EMAIL_URL and ${names} are both set and differ; set one or the other.`,
    );
  });

  it('may be set together with the same server in the other settings', () => {
    const others = { EMAIL_HOST: 'mail.example.org', EMAIL_PORT: '587', EMAIL_USE_TLS: '1' };
    expect(transport({ EMAIL_URL: 'smtp://ada:x@mail.example.org:587', ...others })).toMatchObject({ port: 587 });
  });

  it('mailbox:// contradicts a mail server', () => {
    expect(() => transport({ EMAIL_URL: 'mailbox://', EMAIL_HOST: 'mail.example.org' })).toThrow(
      'EMAIL_URL and EMAIL_HOST are both set and differ',
    );
  });
});
