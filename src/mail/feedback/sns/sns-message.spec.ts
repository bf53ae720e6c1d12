import { expect, it } from 'vitest';

import { readSnsMessage } from './sns-message.js';

const certificate = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'1'.repeat(32)}.pem`;
const read = (members: object) =>
  readSnsMessage(Buffer.from(JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:a:1:b', ...members })));

it('reads the address of a certificate, which has one form: others would be fetched for each request', () => {
  expect(read({ SigningCertURL: certificate })?.certificateUrl?.href).toBe(certificate);
  for (const end of ['?', '?1', '#', '#1', '/', '?a#b']) {
    expect(read({ SigningCertURL: `${certificate}${end}` })?.certificateUrl).toBeUndefined();
  }
});

it('reads the address where a subscription is confirmed', () => {
  const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1';
  expect(read({ SubscribeURL })?.subscribeUrl?.href).toBe(SubscribeURL);
  expect(read({ SubscribeURL: SubscribeURL.replace('/?', '/topic?') })?.subscribeUrl).toBeUndefined();
});
