import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Sessions } from '../../src/core/sessions/session.service.js';
import { User } from '../../src/core/users/user.entity.js';
import type { Execution } from '../../src/flow-execution/execution.js';
import { newPlan } from '../../src/flow-execution/plan.js';
import type { StageOutcome } from '../../src/flow-execution/stage-executor.js';
import { StageExecutors } from '../../src/flow-execution/stage-executors.js';
import { message } from '../../src/rest/messages/messages.js';
import { createFlow } from '../factories/flow.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import type { Visitor } from '../support/visitor.js';

type Act = (execution: Execution<undefined>, body?: unknown) => Promise<StageOutcome> | StageOutcome;

let app: TestApp;
let flow: { pk: string; slug: string };
beforeAll(async () => {
  app = await startTestApp();
  flow = await createFlow(app.api);
  stage(
    'asks',
    () => asked,
    () => passed,
  );
  stage(
    'after',
    () => ({ kind: 'challenge', challenge: { component: 'ak-stage-dummy', name: 'after' } }),
    () => passed,
  );
});
afterAll(() => app.stop());

const passed: StageOutcome = { kind: 'passed' };
const asked: StageOutcome = { kind: 'challenge', challenge: { component: 'ak-stage-dummy', name: 'asks' } };
const root = { component: 'xak-flow-redirect', to: '/' };

/** Registers a stage with the given behaviour. Without `handleResponse` it behaves the same for every method. */
function stage(name: string, show: Act, handleResponse: Act = show): void {
  app.nest.get(StageExecutors).registerInMemory({
    name,
    show: async (execution) => show(execution),
    handleResponse: async (execution, body) => handleResponse(execution, body),
  });
}

/** A browser at the first of these stages. */
function at(...names: string[]): Promise<Visitor> {
  return visitorAt(
    app,
    flow,
    names.map((inMemory) => ({ inMemory })),
  );
}

/** Starts another run in the session of a browser. */
async function beginAgain(visitor: Visitor, inMemory: string): Promise<void> {
  const sessions = app.nest.get(Sessions);
  const session = await sessions.find(visitor.cookies.get('authentik_session') ?? '', '127.0.0.1');
  const state = { ...(session?.state as object), plan: newPlan(flow.pk, [{ inMemory }], {}) };
  await sessions.save(app.dataSource.manager, session!, { state, answers: null });
}

describe('A stage', () => {
  it('without a challenge acts on any method, and several in a row are passed with one response', async () => {
    const seen: string[] = [];
    for (const name of ['one', 'two']) {
      stage(name, () => {
        seen.push(name);
        return passed;
      });
    }
    const visitor = await at('asks', 'one', 'two', 'after');
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: 'after' });
    expect(seen).toEqual(['one', 'two']);
  });

  it('can insert another stage after itself', async () => {
    stage(
      'inserts',
      () => asked,
      (execution) => {
        execution.insertNext('inserted');
        return passed;
      },
    );
    stage(
      'inserted',
      () => ({ kind: 'challenge', challenge: { component: 'ak-stage-dummy', name: 'inserted' } }),
      () => passed,
    );
    const visitor = await at('inserts', 'after');
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: 'inserted' });
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: 'after' });
  });

  it('can set the pending user and change the context, also on GET', async () => {
    const { pk, username } = await createUser(app.api);
    let looks = 0;
    stage(
      'names',
      async (execution) => {
        execution.setPendingUser({ pk });
        execution.plan.context.pending_user_identifier = 'Jane';
        looks = Number(execution.plan.context.prompt_data?.['looks'] ?? 0) + 1;
        execution.plan.context.prompt_data = { looks };
        return asked;
      },
      () => passed,
    );
    stage('adds a message', async (execution) => {
      const pending = await execution.pendingUser();
      const name = pending?.kind === 'known' ? pending.user.username : 'nobody';
      return { kind: 'challenge', challenge: { component: 'ak-stage-dummy', name } };
    });
    const visitor = await at('names', 'adds a message');
    for (const expected of [1, 2]) {
      await visitor.see(flow.slug);
      expect(looks).toBe(expected);
    }
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: username });
    await app.api.delete(`/core/users/${pk}/`);
    expect(await visitor.see(flow.slug)).toMatchObject({ name: 'nobody' });
  });

  it('can reject a response, with errors by field and with codes', async () => {
    stage(
      'refuses',
      () => asked,
      (_, body) => {
        const errors = (body as any).coded
          ? { non_field_errors: [message('mailResent')] }
          : { name: [message('required')], other: [{ written: 'No.' }] };
        return { kind: 'rejected', errors };
      },
    );
    const visitor = await at('refuses', 'after');
    expect(await visitor.answer(flow.slug, {})).toMatchObject({
      name: 'asks',
      response_errors: {
        name: [{ string: 'This field is required.', code: 'required' }],
        other: [{ string: 'No.', code: 'invalid' }],
      },
    });
    expect(await visitor.answer(flow.slug, { coded: true })).toMatchObject({
      response_errors: { non_field_errors: [{ string: 'email-sent', code: 'email-sent' }] },
    });
  });

  it('can end the run with a denial', async () => {
    stage('denies', () => ({ kind: 'denied', message: { written: 'Not you.' } }));
    stage('denies silently', () => ({ kind: 'denied' }));
    for (const [name, error_message] of [
      ['denies', 'Not you.'],
      ['denies silently', 'Unknown error'],
    ] as const) {
      const visitor = await at(name, 'after');
      expect(await visitor.see(flow.slug)).toMatchObject({ component: 'ak-stage-access-denied', error_message });
      expect(await visitor.see(flow.slug)).toEqual(root);
    }
  });

  it('can add a message to the next challenge only', async () => {
    const told = { level: 'info', text: 'Done.' } as const;
    stage('speaks', (execution) => {
      execution.message('info', { written: 'Done.' });
      return passed;
    });
    const visitor = await at('asks', 'speaks', 'after');
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ name: 'after', messages: [told] });
    expect(await visitor.see(flow.slug)).not.toHaveProperty('messages');
    const last = await at('speaks');
    expect(await last.see(flow.slug)).toEqual({ ...root, messages: [told] });
  });

  it('can remember values after the run, within the session', async () => {
    stage('counts', (execution) => {
      const count = Number(execution.remembered('counts') ?? 0) + 1;
      execution.remember('counts', count);
      return { kind: 'denied', message: { written: `${count} ${String(execution.remembered('constructor'))}` } };
    });
    const visitor = await at('counts');
    expect(await visitor.see(flow.slug)).toMatchObject({ error_message: '1 undefined' });
    await beginAgain(visitor, 'counts');
    expect(await visitor.see(flow.slug)).toMatchObject({ error_message: '2 undefined' });
    expect(await (await at('counts')).see(flow.slug)).toMatchObject({ error_message: '1 undefined' });
  });

  it('that fails has its writes, its sign-in and its plan changes rolled back', async () => {
    const { pk } = await createUser(app.api, { name: 'Before' });
    stage(
      'breaks',
      () => asked,
      async (execution) => {
        await execution.manager.update(User, { pk }, { name: 'After' });
        execution.remember('broken', true);
        execution.insertNext('after');
        await execution.signIn(await execution.manager.findOneByOrFail(User, { pk }), 0, 'none');
        throw new Error('on purpose');
      },
    );
    const visitor = await at('breaks', 'after');
    const key = visitor.cookies.get('authentik_session');
    expect(await visitor.answer(flow.slug, {})).toMatchObject({ component: 'ak-stage-flow-error' });
    expect(visitor.cookies.get('authentik_session')).toBe(key);
    expect((await app.api.get(`/core/users/${pk}/`)).body.name).toBe('Before');
    expect(await visitor.see(flow.slug)).toMatchObject({ name: 'asks' });
  });

  it('is retried twice after a unique violation, and then answers an error challenge', async () => {
    const taken = await createUser(app.api);
    let times = 0;
    stage('races', async ({ manager }) => {
      times += 1;
      if (times < 3) await manager.insert(User, { uuid: randomUUID(), username: taken.username });
      return passed;
    });
    const visitor = await at('asks', 'races');
    expect(await visitor.answer(flow.slug, {})).toEqual(root);
    expect(times).toBe(3);
    times = -1;
    const loser = await at('races');
    expect(await loser.see(flow.slug)).toMatchObject({ component: 'ak-stage-flow-error' });
  });

  it('that signs in another user discards the state of the previous user', async () => {
    const [first, second] = [await createUser(app.api), await createUser(app.api)];
    const signs =
      ({ pk }: { pk: number }): Act =>
      async (execution) => {
        execution.message('info', { written: `before: ${JSON.stringify(execution.remembered('who'))}` });
        execution.remember('who', pk);
        await execution.signIn(await execution.manager.findOneByOrFail(User, { pk }), 0, 'none');
        return passed;
      };
    stage('signs first', signs(first));
    stage('signs second', signs(second));
    const visitor = await at('signs first', 'signs second', 'signs second');
    const { messages } = await visitor.see(flow.slug);
    const texts = messages.map(({ text }: { text: string }) => text);
    expect(texts).toEqual(['before: undefined', `before: ${first.pk}`, 'before: undefined']);
  });
});
