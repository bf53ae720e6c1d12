import { expect, it } from 'vitest';

import { isLocalTrial } from './local-trial.js';
import { readSettings } from './read-settings.js';

const ofOwn = { DATABASE_URL: 'postgres://db/x', SECRET_KEY: 'x'.repeat(32) };

it.each([
  [{}, true],
  [{ HOST: '0.0.0.0' }, true],
  [{ PUBLIC_URL: 'http://localhost:9000' }, true],
  [{ PUBLIC_URL: 'https://mail.localhost' }, true],
  [{ PUBLIC_URL: 'http://127.1:9000' }, true],
  [{ PUBLIC_URL: 'http://[::1]:9000' }, true],
  [{ PUBLIC_URL: 'https://id.example.org' }, false],
  [{ PUBLIC_URL: 'https://localhost.example.org' }, false],
  [{ PUBLIC_URL: 'http://127.0.0.1.example.org' }, false],
  [{ TRUST_PROXY: '127.0.0.1' }, false],
  [ofOwn, false],
])('isLocalTrial of %j is %s', (environment, expected) => {
  expect(isLocalTrial(readSettings(environment).settings)).toBe(expected);
});
