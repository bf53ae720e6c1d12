import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import type { PolicyEngineMode } from '../../src/flows/flow-choices.js';
import { passingTargets } from '../../src/policies/policy-engine.js';
import { createBinding } from '../factories/binding.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let member: UserDto;
let other: UserDto;
let group: string;
let parentGroup: string;

beforeAll(async () => {
  app = await startTestApp();
  member = await createUser(app.api);
  other = await createUser(app.api);
  parentGroup = (await createGroup(app.api)).pk;
  group = (await createGroup(app.api, { parent: parentGroup, users: [member.pk] })).pk;
});
afterAll(() => app.stop());

interface Bound {
  readonly group?: string;
  readonly user?: number;
  readonly negate?: boolean;
  readonly enabled?: boolean;
}

/** Whether a new flow of this mode with these policy bindings lets the user pass. */
async function passes(mode: PolicyEngineMode, bound: Bound[], user?: { pk: number }): Promise<boolean> {
  const { pk: target } = await createFlow(app.api, { policy_engine_mode: mode });
  for (const [order, fields] of bound.entries()) await createPolicyBinding(app.api, { target, order, ...fields });
  return (await passingTargets(app.dataSource.manager, 'flow', [target], user)).has(target);
}

describe('The policy engine for a flow', () => {
  it.each(['any', 'all'] as const)('passes everyone without policy bindings (%s)', async (mode) => {
    expect(await passes(mode, [], member)).toBe(true);
    expect(await passes(mode, [], undefined)).toBe(true);
  });

  it('passes only the bound user', async () => {
    const bound = [{ user: member.pk }];
    expect(await passes('any', bound, member)).toBe(true);
    expect(await passes('any', bound, other)).toBe(false);
    expect(await passes('any', bound, undefined)).toBe(false);
  });

  it('passes members of the bound group and of its descendants', async () => {
    expect(await passes('any', [{ group }], member)).toBe(true);
    expect(await passes('any', [{ group: parentGroup }], member)).toBe(true);
    expect(await passes('any', [{ group }], other)).toBe(false);
    expect(await passes('any', [{ group }], undefined)).toBe(false);
    const childGroup = (await createGroup(app.api, { parent: group })).pk;
    expect(await passes('any', [{ group: childGroup }], member)).toBe(false);
  });

  it('inverts the result of a negated binding', async () => {
    const bound = [{ group, negate: true }];
    expect(await passes('any', bound, member)).toBe(false);
    expect(await passes('any', bound, other)).toBe(true);
    expect(await passes('any', bound, undefined)).toBe(true);
  });

  it('requires any or all bindings to pass, depending on the mode', async () => {
    const bound = [{ group }, { user: other.pk }];
    expect(await passes('any', bound, member)).toBe(true);
    expect(await passes('any', bound, other)).toBe(true);
    expect(await passes('all', bound, member)).toBe(false);
    expect(await passes('all', [{ group }, { user: member.pk }], member)).toBe(true);
    expect(await passes('all', [{ group }, { user: member.pk, negate: true }], member)).toBe(false);
  });

  it('ignores disabled bindings', async () => {
    expect(await passes('any', [{ user: other.pk, enabled: false }], member)).toBe(true);
    expect(await passes('all', [{ group }, { user: other.pk, enabled: false }], member)).toBe(true);
    expect(await passes('any', [{ group, enabled: false }, { user: other.pk }], member)).toBe(false);
  });

  it('treats an inactive user as anonymous', async () => {
    const { pk } = await createUser(app.api, { is_active: false, groups: [group] });
    expect(await passes('any', [{ group }, { user: pk }], { pk })).toBe(false);
    expect(await passes('all', [{ group, negate: true }], { pk })).toBe(true);
  });

  it('treats a deleted user as anonymous', async () => {
    expect(await passes('any', [{ group }], { pk: 2_000_000_000 })).toBe(false);
  });

  it('passes no user for a deleted flow', async () => {
    const { pk, slug } = await createFlow(app.api);
    await app.api.delete(`/flows/instances/${slug}/`);
    expect(await passingTargets(app.dataSource.manager, 'flow', [pk], member)).toEqual(new Set());
  });
});

describe('The policy engine for flow-stage bindings', () => {
  it('evaluates several targets in one call, each with its own mode and bindings', async () => {
    const { pk: target } = await createFlow(app.api);
    const [open, closed, both] = [
      await createBinding(app.api, { target, order: 1 }),
      await createBinding(app.api, { target, order: 2 }),
      await createBinding(app.api, { target, order: 3, policy_engine_mode: 'all' }),
    ];
    await createPolicyBinding(app.api, { target: closed.pk, user: other.pk });
    await createPolicyBinding(app.api, { target: both.pk, user: member.pk });
    await createPolicyBinding(app.api, { target: both.pk, group: parentGroup });
    const keys = [open.pk, closed.pk, both.pk];
    const passingFor = (user?: { pk: number }): Promise<ReadonlySet<string>> =>
      passingTargets(app.dataSource.manager, 'binding', keys, user);
    expect(await passingFor(member)).toEqual(new Set([open.pk, both.pk]));
    expect(await passingFor(other)).toEqual(new Set([open.pk, closed.pk]));
    expect(await passingFor(undefined)).toEqual(new Set([open.pk]));
    expect(await passingTargets(app.dataSource.manager, 'binding', [], member)).toEqual(new Set());
  });
});
