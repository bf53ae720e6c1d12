import { expect, it } from 'vitest';

import { sourceCatalog } from '../templating/language/catalog.js';
import { notMeDonePage, notMePage } from './not-me-page.js';
import { Wording } from './wording.js';

const wording = new Wording(sourceCatalog);

it.each([
  ['a secured account', notMeDonePage({ kind: 'secured', isMailed: true }, wording), 'done'],
  ['a deleted account', notMeDonePage({ kind: 'deleted' }, wording), 'done'],
  ['a used link', notMePage('used', 'secret', wording), 'done'],
  ['an invalid link', notMePage('invalid', 'secret', wording), 'stop'],
])('shows the sign of %s', (_, page, kind) => {
  expect(page.values.kind).toBe(kind);
});
