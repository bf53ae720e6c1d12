import { expect, it } from 'vitest';

import { sanitize } from './sanitize.js';

it('leaves no half of a character, which PostgreSQL refuses in JSON', () => {
  expect(sanitize(`${'x'.repeat(498)}😀 and more`)).toBe(`${'x'.repeat(498)}\ufffd…`);
  expect(sanitize('A reply with \ud83d in its JSON')).toBe('A reply with \ufffd in its JSON');
});
