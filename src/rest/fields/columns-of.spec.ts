import { expect, it } from 'vitest';

import { columnsOf } from './columns-of.js';

it('maps fields to the properties of the entity and omits undefined fields', () => {
  const request = { name: 'a', use_tls: false, activate_user_on_success: undefined, note: null, port: 0 };
  expect(columnsOf(request)).toStrictEqual({ name: 'a', useTls: false, note: null, port: 0 });
});
