import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { missingResource } from './missing-resource.js';

it('returns undefined for every path of this service', () => {
  const text = readFileSync(new URL('../../../schema.yml', import.meta.url), 'utf8');
  const { paths } = parse(text) as { paths: Record<string, unknown> };
  expect(Object.keys(paths).filter((path) => missingResource(path) !== undefined)).toEqual([]);
});

it.each(['/providers/all/', '/core/applications/?page=2', '/stages/captcha/x/', '/rac'])(
  'names the missing resource of %s',
  (path) => {
    expect(missingResource(path)).toContain(path.split(/[?]/)[0]?.split('/')[1]);
  },
);

it.each(['/', '/nope/', '/core/', '/core/nope/', '/stages/authenticator_totp/'])('returns undefined for %s', (path) => {
  expect(missingResource(path)).toBeUndefined();
});
