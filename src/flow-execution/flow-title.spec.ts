import { describe, expect, it } from 'vitest';

import { flowTitle } from './flow-title.js';

const values = { app: 'Wiki', user: 'jane' };

describe('The title of a flow', () => {
  it.each([
    ['Welcome', 'Welcome'],
    ['Sign in to %(app)s', 'Sign in to Wiki'],
    ['%(user)s, %(user)s', 'jane, jane'],
    ['100%% of %(app)s', '100% of Wiki'],
    ['%%(app)s', '%(app)s'],
  ])('%j becomes %j', (title, shown) => {
    expect(flowTitle(title, values)).toBe(shown);
  });

  it.each(['50% off', '100% %(user)s', '%(other)s', '%(user)d', '%(user', '%s', '%'])(
    'with invalid placeholders is shown unchanged: %j',
    (title) => {
      expect(flowTitle(title, values)).toBe(title);
    },
  );

  it('inserts a name unchanged', () => {
    expect(flowTitle('%(user)s', { app: '', user: '100%(app)s $& %%' })).toBe('100%(app)s $& %%');
  });
});
