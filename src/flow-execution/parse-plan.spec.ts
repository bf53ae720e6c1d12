import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseState } from './flow-state.js';
import { parsePlan } from './parse-plan.js';
import { newPlan, type PlanContext } from './plan.js';

const full: Required<PlanContext> = {
  pending_user: { pk: 7 },
  pending_user_identifier: 'jane',
  proved_address: 'jane@example.org',
  proved_account: { user: 7, email: 'jane@example.org', password_changed: 1_795_000_000_000 },
  typed_identifier: 'jane',
  typed_address: 'jane@example.org',
  corrects_sign_up: true,
  prompt_data: { name: 'Jane', nested: { attributes: [1, null] } },
  prompt_secrets: ['password'],
  email: 'jane@example.org',
  email_sent: true,
  email_link: {
    stage: randomUUID(),
    execution: randomUUID(),
    address: 'jane@example.org',
    token: randomUUID(),
    notBefore: 1_700_000_000_000,
  },
  is_restored: randomUUID(),
  shown_link: 'recovery',
  redirect: '/there',
  is_redirected: true,
  invitation_in_effect: true,
  invitation: randomUUID(),
  invitation_accepted: true,
  invitation_address: 'jane@example.org',
  auth_method: 'password',
  user_backend: 'inbuilt',
  user_path: 'users',
  user_type: 'internal',
  groups: [randomUUID()],
  deny_message: 'No.',
  consent_title: 'Title',
  consent_header: 'Header',
  consent_permissions: [{ id: 'a', name: 'A' }],
  consent_additional_permissions: [],
};
const bindings = [{ inMemory: 'confirm' }, { binding: randomUUID(), stage: randomUUID(), reEvaluate: true }];
const plan = newPlan(randomUUID(), bindings, full);
const copy = (): Record<string, any> => structuredClone(plan);
const text = JSON.stringify(plan);

describe('A stored plan', () => {
  it('is parsed as it was written', () => {
    expect(parsePlan(JSON.parse(text))).toEqual(plan);
    expect(
      parsePlan({ ...copy(), context: { pending_user: { pretended: { username: 'a', email: 'b' } } } }),
    ).toBeDefined();
    expect(parsePlan({ ...copy(), context: {} })).toBeDefined();
  });

  it.each<[string, (value: Record<string, any>) => unknown]>([
    ['of another version', (value) => ({ ...value, version: 2 })],
    ['without a version', ({ version: _, ...value }) => value],
    ['with an unknown property', (value) => ({ ...value, more: 1 })],
    ['without bindings', (value) => ({ ...value, bindings: [] })],
    ['with an array as its context', (value) => ({ ...value, context: [] })],
    ['with an unknown key in its context', (value) => ({ ...value, context: { is_superuser: true } })],
    ['with an inherited key in its context', (value) => ({ ...value, context: { constructor: {} } })],
    ['with a number as its flow', (value) => ({ ...value, flow: 1 })],
    ['with a UUID in upper case', (value) => ({ ...value, flow: String(value['flow']).toUpperCase() })],
    [
      'with a binding that is both stored and in memory',
      (value) => ({ ...value, bindings: [{ ...bindings[1], inMemory: 'confirm' }] }),
    ],
    [
      'with a stage without its binding',
      (value) => ({ ...value, bindings: [{ stage: randomUUID(), reEvaluate: true }] }),
    ],
    ['with a stage that is null', (value) => ({ ...value, bindings: [null] })],
    [
      'with a pending user that is both real and pretended',
      (value) => ({ ...value, context: { pending_user: { pk: 1, pretended: {} } } }),
    ],
    ['with a pending user by name', (value) => ({ ...value, context: { pending_user: { username: 'akadmin' } } })],
    [
      'with a pending user above the largest key',
      (value) => ({ ...value, context: { pending_user: { pk: 2 ** 31 } } }),
    ],
    ['with a proof without a date', (value) => ({ ...value, context: { proved_account: { user: 1, email: '' } } })],
    ['with null as its pending user', (value) => ({ ...value, context: { pending_user: null } })],
    ['with text instead of a boolean', (value) => ({ ...value, context: { email_sent: 'true' } })],
  ])('%s is invalid', (_, change) => {
    expect(parsePlan(change(copy()))).toBeUndefined();
  });

  it('with arbitrary content is invalid, without an error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => parsePlan(value) === undefined),
      { numRuns: 3000 },
    );
  });

  it('is invalid if any value has another type', () => {
    const paths = pathsOf(plan).filter((path) => !path.includes('prompt_data') || path.length < 3);
    const others = fc.constantFrom<unknown>(null, 0, -1, 1.5, true, 'text', [], [1], {}, { a: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...paths), others, (path, other) => {
        const changed = copy();
        const before: unknown = replaceAt(changed, path, other);
        const isSame = typeof before === typeof other && Array.isArray(before) === Array.isArray(other);
        const read = parsePlan(changed);
        if (!isSame && before !== null) expect(read, JSON.stringify([path, other])).toBeUndefined();
        else if (read !== undefined) expect(read).toEqual(changed);
      }),
      { numRuns: 3000 },
    );
  });

  it('is invalid if any part is missing', () => {
    for (const path of pathsOf(plan).filter((keys) => keys[0] !== 'context' || keys.length === 1)) {
      const changed = copy();
      removeAt(changed, path);
      const read = parsePlan(changed);
      // Without one of its bindings the plan is still valid.
      if (path[0] === 'bindings' && path.length === 2) expect(read?.bindings).toHaveLength(1);
      else expect(read, path.join('.')).toBeUndefined();
    }
  });

  it('in a session is distinguished from no plan', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length - 1 }), (length) => {
        const state = parseState({ plan: text.slice(0, length), history: [text], messages: 'x', memory: [] });
        expect(state).toEqual({ plan: 'broken', history: [], messages: [], memory: {} });
      }),
    );
    expect(parseState({}).plan).toBeUndefined();
    expect(parseState({ plan: null }).plan).toBe('broken');
    expect(
      parseState({ plan, history: [plan, 1], memory: { a: 1, b: [] }, messages: [{ level: 'x', text: 'y' }] }),
    ).toEqual({
      plan,
      history: [plan],
      memory: { a: 1 },
      messages: [],
    });
  });

  it('in a session with arbitrary content causes no error', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseState(value).history).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

type Path = readonly (string | number)[];

/** The paths of all nested values. */
function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [path, ...pathsOf(held, path)];
  });
}

function parentOf(value: any, path: Path): any {
  return path.slice(0, -1).reduce((held, key) => held[key], value);
}

/** @returns the replaced value */
function replaceAt(value: object, path: Path, other: unknown): unknown {
  const parent = parentOf(value, path);
  const key = path.at(-1) ?? '';
  const before: unknown = parent[key];
  parent[key] = other;
  return before;
}

function removeAt(value: object, path: Path): void {
  const parent = parentOf(value, path);
  if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1);
  else Reflect.deleteProperty(parent, String(path.at(-1)));
}
