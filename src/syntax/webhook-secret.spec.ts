import { expect, it } from 'vitest';

import { webhookSecretProblem } from './webhook-secret.js';

it.each([
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', undefined],
  ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', expect.stringContaining('must be whsec_')],
  ['whsec_c2hvcnQ=', expect.stringContaining('24 to 64')],
  ['whsec_not base64, but as long as such a secret is', expect.stringContaining('base64')],
])('checks %s', (secret, problem) => {
  expect(webhookSecretProblem(secret)).toEqual(problem);
});
