import { expect, it } from 'vitest';

import { refusedLink } from './refused-links.js';

const another = 'You can have a new one sent: https://id.example/if/flow/recovery/';

it.each([
  [`This link has been used already. ${another}`, 'linkUsed', '/if/flow/recovery/'],
  [`This link is too old. ${another}`, 'linkExpired', '/if/flow/recovery/'],
  [`This link is not known here. It may be incomplete. ${another}`, 'linkUnknown', '/if/flow/recovery/'],
  [`A newer mail has been sent since. Open the link in that one. ${another}`, 'linkSuperseded', '/if/flow/recovery/'],
  ['This link was made for another page. Open it just as it stands.', 'linkElsewhere', undefined],
  ['This link is too old. You can have a new one sent: https://id.example/elsewhere/', 'linkExpired', undefined],
  ['This link is too old. You can have a new one sent: javascript:alert(1)', 'linkExpired', undefined],
])('%s', (message, title, again) => {
  expect(refusedLink(message)).toMatchObject({ title, again });
});

it.each(['Unknown error', '', 'Not This link is too old.'])('is nothing about a link: %s', (message) => {
  expect(refusedLink(message)).toBeUndefined();
});
