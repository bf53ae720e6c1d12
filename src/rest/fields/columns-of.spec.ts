import { expect, it } from 'vitest';

import { columnsOf } from './columns-of.js';

it('names what was given after the properties of the entity, and leaves out what was not', () => {
  const request = { name: 'a', use_tls: false, activate_user_on_success: undefined, note: null, port: 0 };
  expect(columnsOf(request)).toStrictEqual({ name: 'a', useTls: false, note: null, port: 0 });
});
