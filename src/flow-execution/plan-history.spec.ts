import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { masked, withoutSecrets, appendToHistory } from './plan-history.js';
import { newPlan } from './plan.js';

describe('The history of plans for the inspector', () => {
  it('contains everything but secrets', () => {
    const context = {
      pending_user: { pk: 3 },
      is_restored: 'key of a token',
      prompt_secrets: ['pin'],
      prompt_data: {
        username: 'jane',
        password: 'hunter2',
        password_repeat: 'hunter2',
        pin: 1234,
        attributes: { api_key: 'x', colour: 'red', list: [{ token: 'y', size: 1 }] },
      },
    };
    expect(withoutSecrets(context)).toEqual({
      pending_user: { pk: 3 },
      is_restored: masked,
      prompt_secrets: ['pin'],
      prompt_data: {
        username: 'jane',
        password: masked,
        password_repeat: masked,
        pin: masked,
        attributes: { api_key: masked, colour: 'red', list: [{ token: masked, size: 1 }] },
      },
    });
  });

  it('does not change with the current plan, and is limited in length', () => {
    const plan = newPlan(randomUUID(), [{ inMemory: 'a' }, { inMemory: 'b' }], {});
    const history = appendToHistory([], plan);
    plan.bindings.shift();
    plan.context.email_sent = true;
    expect(history).toMatchObject([{ bindings: [{ inMemory: 'a' }, { inMemory: 'b' }], context: {} }]);
    const long = Array.from({ length: 200 }).reduce<typeof history>((past) => appendToHistory(past, plan), history);
    expect(long).toHaveLength(50);
    const large = newPlan(randomUUID(), plan.bindings, { prompt_data: { name: 'x'.repeat(100_000) } });
    expect(appendToHistory([], large)).toMatchObject([{ context: {} }]);
    expect(large.context.prompt_data).toBeDefined();
  });

  it('contains at most 10,000 characters of contexts', () => {
    const plan = newPlan(randomUUID(), [{ inMemory: 'a' }], { prompt_data: { name: 'x'.repeat(4_000) } });
    const history = Array.from({ length: 5 }).reduce<ReturnType<typeof appendToHistory>>(
      (past) => appendToHistory(past, plan),
      [],
    );
    expect(history.map(({ context }) => context.prompt_data !== undefined)).toEqual([false, false, false, true, true]);
  });
});
