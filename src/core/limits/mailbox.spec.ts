import { expect, it } from 'vitest';

import { mailboxOf } from './mailbox.js';

it.each([
  ['ada@example.org', 'ada@example.org'],
  [' Ada@Example.ORG ', 'ada@example.org'],
  ['ada+news@example.org', 'ada@example.org'],
  ['ada+a+b@example.org', 'ada@example.org'],
  ['ada.lovelace@example.org', 'ada.lovelace@example.org'],
  ['A.d.a+news@gmail.com', 'ada@gmail.com'],
  ['ada@googlemail.com', 'ada@gmail.com'],
  ['\uff21da@example.org', 'ada@example.org'],
  ['+tag@example.org', '+tag@example.org'],
  ['ada+news', 'ada+news'],
  ['@example.org', '@example.org'],
  ['', ''],
])('maps %j to %j', (name, mailbox) => {
  expect(mailboxOf(name)).toBe(mailbox);
});
