import { describe, expect, it } from 'vitest';

import { codeIn, linksIn, readMail, readSummary } from './received-mail.js';

const own = 'https://login.example.org';

describe('linksIn', () => {
  it('returns distinct links of HTML and text, own links first', () => {
    const html = `<a href="https://other.example/">x</a> <A HREF='${own}/if/?a=1&amp;b=2'>y</A>`;
    const text = `Open ${own}/if/?a=1&b=2.\nOr (see https://third.example/x).`;
    expect(linksIn({ html, text }, own)).toEqual([
      `${own}/if/?a=1&b=2`,
      'https://other.example/',
      'https://third.example/x',
    ]);
  });

  it('does not treat a host with the same prefix as this service', () => {
    const text = `https://login.example.org.evil.example/ ${own}/`;
    expect(linksIn({ html: undefined, text }, own)[0]).toBe(`${own}/`);
  });

  it('skips links that are not http or https', () => {
    const html =
      '<a href="javascript:alert(1)"></a><a href="&#106;avascript:x"></a><a href="mailto:a@example.org"></a>';
    expect(linksIn({ html, text: '' }, own)).toEqual([]);
  });

  it('decodes character references like a browser', () => {
    const html = `<a href="${own}/?q=&#x26;&#38;&quot;&unknown;&#99999999;"></a>`;
    expect(linksIn({ html, text: '' }, own)).toEqual([`${own}/?q=&&"&unknown;&#99999999;`]);
  });
});

describe('readMail', () => {
  it('parses malformed mails', async () => {
    const mail = await readMail(Buffer.from('no mail at all'));
    expect(mail).toMatchObject({ subject: '', from: '', to: '', html: undefined, attachments: [] });
  });
});

describe('readSummary', () => {
  it('parses the headers only', async () => {
    const source = 'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\nTo: Eve <eve@example.org>\r\n\r\nSubject: body';
    expect(await readSummary(Buffer.from(source))).toMatchObject({ subject: 'Grüße', to: '"Eve" <eve@example.org>' });
  });
});

describe('codeIn', () => {
  it.each([
    ['alone in an element', { html: '<td><span class="code">\n482913 </span></td>', text: '' }],
    ['after a colon', { html: undefined, text: 'Or enter this code: 482913\nThe code is valid.' }],
    ['after a full-width colon', { html: undefined, text: '或输入此验证码： 482913' }],
    ['alone on a line', { html: undefined, text: 'Code\n482913\n123456' }],
  ])('returns six digits %s', (_, mail) => {
    expect(codeIn(mail)).toBe('482913');
  });

  it.each([
    { html: '<p>Call 123456</p><a href="/?a=123456">1234567</a>', text: 'https://example.org/123456' },
    { html: undefined, text: 'Total: 1123456\n12345\nRoom 123456' },
  ])('returns no other digits of %j', (mail) => {
    expect(codeIn(mail)).toBeUndefined();
  });
});
