import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';

import { signedHeaders } from './standard-webhook.js';

it('signs the example of the specification', () => {
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  expect(signedHeaders(message, [secret], new Date(1_614_265_330_000))).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('is accepted by the library of the specification with either secret, and with no other', () => {
  const secrets = [1, 2].map((n) => `whsec_${Buffer.alloc(32, n).toString('base64')}`);
  const body = '{"type":"user.created","data":{"name":"Zoë"}}';
  const headers = signedHeaders({ id: 'a', body }, secrets, new Date());
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  const other = new Webhook(`whsec_${Buffer.alloc(32, 3).toString('base64')}`);
  expect(() => other.verify(body, headers)).toThrow('No matching signature');
});
