import { describe, expect, it } from 'vitest';

import { webmailOf } from './webmail.js';

describe('The webmail of an address', () => {
  it.each([
    ['ada@gmail.com', 'Gmail'],
    ['Ada@GoogleMail.com', 'Gmail'],
    ['ada@outlook.de', 'Outlook'],
    ['ada@hotmail.co.uk', 'Outlook'],
    ['ada@yahoo.fr', 'Yahoo Mail'],
    ['ada@me.com', 'iCloud Mail'],
    ['ada@pm.me', 'Proton Mail'],
    ['ada@gmx.net', 'GMX'],
    ['ada@web.de', 'WEB.DE'],
    ['ada@fastmail.com', 'Fastmail'],
  ])('is known by its domain: %s', (address, name) => {
    const webmail = webmailOf(address);
    expect(webmail?.name).toBe(name);
    expect(webmail?.href).toMatch(/^https:\/\//);
  });

  it.each(['ada@example.org', 'ada@gmail.com.example', 'ada@outlook.example.org', 'ada@notgmail.com', 'gmail.com', ''])(
    'is unknown for another domain: %j',
    (address) => {
      expect(webmailOf(address)).toBeUndefined();
    },
  );
});
