import { expect, it } from 'vitest';

import { message, type MessageOrText } from '../rest/messages/messages.js';
import { refusedLink } from './refused-links.js';

const again = { site: 'https://id.example/idp', path: '/if/flow/recovery/' };

it.each([
  [message('linkUsed', again), 'linkUsed', '/if/flow/recovery/'],
  [message('linkExpired', again), 'linkExpired', '/if/flow/recovery/'],
  [message('linkUnknown', again), 'linkUnknown', '/if/flow/recovery/'],
  [message('linkReplaced', again), 'linkSuperseded', '/if/flow/recovery/'],
  [message('linkOfChangedAccount', again), 'linkInvalid', '/if/flow/recovery/'],
  [message('linkOfOtherFlow'), 'linkElsewhere', undefined],
])('shows the heading and the page for a new link of $code', (reason, title, path) => {
  expect(refusedLink(reason)).toMatchObject({ title, newLinkPath: path });
});

it.each<MessageOrText>([message('runBroken'), { written: 'This link is too old. Ask Maria in room 12.' }])(
  'ignores messages that are not about a link: %j',
  (reason) => {
    expect(refusedLink(reason)).toBeUndefined();
  },
);
