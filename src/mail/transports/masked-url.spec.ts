import { describe, expect, it } from 'vitest';

import { maskedUrl, parameterNames, withStoredSecrets } from './masked-url.js';

describe('A masked URL', () => {
  it.each([
    ['smtp://mail.example.org:587', 'smtp://mail.example.org:587'],
    ['smtp://books:open%20sesame@mail.example.org', 'smtp://books:***@mail.example.org'],
    ['smtps://books:p%40ss@mail.example.org:465?rate=1/s', 'smtps://books:***@mail.example.org:465?rate=1/s'],
    ['resend://re_123@default?concurrency=2', 'resend://***@default?concurrency=2'],
    ['postmark://token@default?stream=outbound', 'postmark://***@default?stream=outbound'],
    ['mailgun://key@default?domain=mg.example.org', 'mailgun://***@default?domain=mg.example.org'],
    ['ses+api://AKIA:secret@default?region=eu-west-1', 'ses+api://AKIA:***@default?region=eu-west-1'],
    ['graph://id:secret@tenant.example', 'graph://id:***@tenant.example'],
    ['https://:whsec_abc@mail.example.org/send', 'https://:***@mail.example.org/send'],
    [
      'smtp://a%40b.c@h?oauth=google&client_id=id&client_secret=s&refresh%5Ftoken=t',
      'smtp://a%40b.c@h?oauth=google&client_id=id&client_secret=***&refresh_token=***',
    ],
    ['graph://id@tenant.example?key=c2VjcmV0', 'graph://id@tenant.example?key=***'],
    ['smtp://a%40b.c@h?oauth=google&key=c2Vj+cmV0', 'smtp://a%40b.c@h?oauth=google&key=***'],
    ['failover(resend://a@default  smtp://u:p@h)', 'failover(resend://***@default smtp://u:***@h)'],
  ])('has no secret: %s', (url, shown) => {
    expect(maskedUrl(url)).toBe(shown);
    expect(maskedUrl(shown)).toBe(shown);
    expect(withStoredSecrets(shown, url)).not.toContain('***');
    expect(maskedUrl(withStoredSecrets(shown, url))).toBe(shown);
  });
});

describe('A URL with masked secrets', () => {
  const stored = 'failover(smtp://books:one@a.example:587?rate=1/s resend://two@default)';

  it.each([
    ['smtp://books:***@a.example:587', 'smtp://books:one@a.example:587'],
    ['smtp://books:***@a.example:587?rate=9/m&concurrency=3', 'smtp://books:one@a.example:587?rate=9/m&concurrency=3'],
    ['failover(resend://***@default smtp://h)', 'failover(resend://two@default smtp://h)'],
    ['smtp://books:new@b.example', 'smtp://books:new@b.example'],
  ])('keeps the stored ones of the same transports: %s', (text, url) => {
    expect(withStoredSecrets(text, stored)).toBe(url);
  });

  it.each([
    'smtp://books:***@b.example:587',
    'smtp://other:***@a.example:587',
    'smtp://books:***@a.example',
    'smtp://books:***@a.example:587?require_tls=false',
    'smtps://books:***@a.example:587',
    'failover(smtp://books:***@evil.example resend://***@default)',
    'mailgun://***@default?domain=a.example',
  ])('sends no secret to another account or server: %s', (text) => {
    expect(() => withStoredSecrets(text, stored)).toThrow(/^has \*\*\* in place of a secret/);
    expect(() => withStoredSecrets(text, undefined)).toThrow(/^has \*\*\* in place of a secret/);
  });

  it('does not guess which of two secrets is meant, and keeps none while another one is new', () => {
    const two = 'failover(resend://one@default resend://two@default)';
    expect(() => withStoredSecrets('resend://***@default', two)).toThrow(/^has \*\*\*/);
    const oauth = 'smtp://u@h?oauth=google&client_id=i&client_secret=s&refresh_token=t';
    expect(() => withStoredSecrets(oauth.replace('=s', '=new').replace('=t', '=***'), oauth)).toThrow(/^has \*\*\*/);
  });
});

it('finds the names of parameters in every URL, however they are written', () => {
  expect(parameterNames('failover(smtp://a smtp://b?oauth=google&key%5Ffile=/etc/passwd)')).toEqual([
    'oauth',
    'key_file',
  ]);
});
