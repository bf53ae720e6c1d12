import { expect, it } from 'vitest';

import { pagePolicy } from './page-headers.js';

const pictures = (background?: string): string | undefined => /img-src ([^;]*)/.exec(pagePolicy(background, []))?.[1];

it.each([
  [undefined, "'self' data:"],
  ['/media/public/flow-backgrounds/a.png', "'self' data:"],
  ['https://pictures.example/a.jpg?x=1', "'self' data: https://pictures.example"],
  ['http://pictures.example:8080/a', "'self' data: http://pictures.example:8080"],
  ["https://a.example/'unsafe-inline'; script-src *", "'self' data: https://a.example"],
  ['javascript:alert(1)', "'self' data:"],
  ['//pictures.example/a', "'self' data:"],
  ['https://', "'self' data:"],
])('With the background %j a page allows images from %s', (background, expected) => {
  expect(pictures(background)).toBe(expected);
});

it('A page allows no inline scripts or styles', () => {
  expect(pagePolicy(undefined, [])).not.toMatch(/unsafe|\*/);
  expect(pagePolicy(undefined, [])).toContain("default-src 'none'");
});

it('A form of a page may submit to this site and to the allowed redirect origins', () => {
  expect(pagePolicy(undefined, [])).toContain("form-action 'self';");
  expect(pagePolicy(undefined, ['https://app.example'])).toContain("form-action 'self' https://app.example;");
});
