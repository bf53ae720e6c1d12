import { randomUUID } from 'node:crypto';

import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import type { PlanContext } from '../../src/flow-execution/plan.js';
import type { UserWriteStageFields } from '../../src/stages/user-write/dto/user-write-stage.dto.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import type { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const end = { component: 'xak-flow-redirect', to: '/' };
const fields = [
  { field_key: 'username', type: 'username' },
  { field_key: 'password', type: 'password' },
  { field_key: 'attributes.some.custom-attribute' },
  { field_key: 'some_ignored_key' },
] as const;

/** A browser at the form of a flow that writes a user, with this context. */
async function atForm(
  context: PlanContext,
  settings: Partial<UserWriteStageFields>,
): Promise<{ visitor: Visitor; slug: string }> {
  const form = await createPromptStage(app.api, fields);
  const write = await createStage(app.api, 'user_write', settings);
  const { flow, bindings } = await createFlowWith(app.api, [form.pk, write.pk]);
  const stages = bindings.map(({ pk: binding, stage }) => ({ binding, stage, reEvaluate: true }));
  return { visitor: await visitorAt(app, flow, stages, context), slug: flow.slug };
}

function typed(username: string): Record<string, string> {
  return {
    username,
    password: 'a new secret',
    'attributes.some.custom-attribute': 'test',
    some_ignored_key: 'nothing',
  };
}

async function userNamed(username: string): Promise<User> {
  return app.dataSource.manager.findOneByOrFail(User, { username });
}

describe('The context of a run that writes a user', () => {
  it('adds groups, and overrides path and type of the stage, for a new user', async () => {
    const groups = [await createGroup(app.api), await createGroup(app.api), await createGroup(app.api)];
    const [of_stage, ...of_run] = groups.map(({ pk }) => pk);
    const { visitor, slug } = await atForm(
      { groups: of_run, user_path: 'from/the/run', user_type: 'internal' },
      {
        user_creation_mode: 'always_create',
        create_users_group: of_stage!,
        user_path_template: 'from/the/stage',
        user_type: 'external',
      },
    );
    const username = randomUUID();
    expect(await visitor.answer(slug, typed(username))).toEqual(end);
    const user = await userNamed(username);
    expect(user).toMatchObject({
      path: 'from/the/run',
      type: 'internal',
      attributes: { some: { 'custom-attribute': 'test' } },
    });
    expect(await verify(user.passwordHash, 'a new secret')).toBe(true);
    for (const { pk } of groups) {
      expect((await app.api.get(`/core/groups/${pk}/`)).body.users).toEqual([user.pk]);
    }
  });

  it('has the pending user, whose user name, password and attributes change; unknown keys are ignored', async () => {
    const before = await createUser(app.api, { name: 'Jane', attributes: { some: { other: 1 }, more: 2 } });
    const { visitor, slug } = await atForm({ pending_user: { pk: before.pk } }, { user_creation_mode: 'never_create' });
    const username = randomUUID();
    expect(await visitor.answer(slug, typed(username))).toEqual(end);
    const user = await userNamed(username);
    expect(user).toMatchObject({
      pk: before.pk,
      name: 'Jane',
      email: before.email,
      attributes: { some: { other: 1, 'custom-attribute': 'test' }, more: 2 },
    });
    expect(JSON.stringify(user)).not.toContain('ignored');
    expect(await verify(user.passwordHash, 'a new secret')).toBe(true);
  });
});
