import { expect, it } from 'vitest';

import { notificationBody, type SentNotification } from './notification-body.js';

const notification: SentNotification = {
  severity: 'alert',
  body: 'Too many <b>attempts</b>',
  event: {
    action: 'suspicious_request',
    user: { username: '<!channel>', email: 'eve@example.org' },
    details: { message: 'a & b', path: '/x' },
  },
  user_email: 'ada@example.org',
  user_username: 'ada',
};

it('has the fields of authentik for a webhook', () => {
  expect(notificationBody('webhook', notification, 'Library')).toEqual({
    body: 'Too many <b>attempts</b>',
    severity: 'alert',
    user_email: 'ada@example.org',
    user_username: 'ada',
    event_user_email: 'eve@example.org',
    event_user_username: '<!channel>',
  });
  const { event: _, ...test } = notification;
  expect(Object.keys(notificationBody('webhook', test, 'Library'))).toEqual([
    'body',
    'severity',
    'user_email',
    'user_username',
  ]);
});

it('is an attachment for Slack, in which no value is markup', () => {
  expect(notificationBody('webhook_slack', notification, 'Library')).toEqual({
    username: 'Library',
    attachments: [
      {
        title: 'Too many &lt;b&gt;attempts&lt;/b&gt;',
        fallback: 'Too many &lt;b&gt;attempts&lt;/b&gt;',
        color: '#d13438',
        fields: [
          { title: 'Severity', value: 'alert', short: true },
          { title: 'Dispatched for user', value: 'ada', short: true },
          { title: 'Event', value: 'suspicious_request', short: true },
          { title: 'Event user', value: '&lt;!channel&gt;', short: true },
          { title: 'message', value: 'a &amp; b' },
          { title: 'path', value: '/x' },
        ],
      },
    ],
  });
});

it('has at most 25 fields for Slack, with short values', () => {
  const details = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}`, 'x'.repeat(5000)]));
  const sent = { ...notification, event: { action: 'login', details } };
  const { attachments } = notificationBody('webhook_slack', sent, 'Library') as {
    attachments: { fields: { value: string }[] }[];
  };
  const values = attachments[0]?.fields.map(({ value }) => value.length) ?? [];
  expect([values.length, Math.max(...values)]).toEqual([25, 1024]);
});
