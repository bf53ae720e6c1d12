import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { linkSecret } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { confirmStage, FlowTokens } from '../../src/flow-execution/flow-token.service.js';
import { newPlan, type PlannedStage } from '../../src/flow-execution/plan.js';
import { createDummyFlow } from '../factories/dummy-flow.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { runs } from '../support/runs.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorWithState } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

type Json = Record<string, any>;
/** Makes a plan unusable. */
type Change = (plan: Json) => unknown;
type Path = readonly (string | number)[];

/** Number of plans per test. */
const numRuns = runs(12, 1250);

let app: TestApp;
let flow: ProofFlow;
let stages: PlannedStage[];
let foreign: { readonly flow: string; readonly stage: PlannedStage };
let user: { pk: number; email: string };
let other: { pk: number };

beforeAll(async () => {
  app = await startTestApp();
  flow = await createProofFlow(app.api, 1);
  const { results } = (await app.api.get(`/flows/bindings/?target=${flow.pk}&ordering=order`)).body;
  stages = results.slice(1).map(({ pk, stage }: any) => ({ binding: pk, stage, reEvaluate: true }));
  const { flow: elsewhere, bindings } = await createDummyFlow(app.api, 1);
  foreign = {
    flow: elsewhere.pk,
    stage: { binding: bindings[0]!.pk, stage: bindings[0]!.stage, reEvaluate: true },
  };
  user = await createReader(app.api);
  other = await createReader(app.api);
});
afterAll(() => app.stop());

/** The plan of a mailed link as it is stored, starting with the confirmation. */
function whole(execution: string): Json {
  const bindings = [{ inMemory: confirmStage }, ...stages];
  const context = { pending_user: { pk: user.pk }, typed_identifier: user.email, email_sent: true, prompt_data: {} };
  return structuredClone({ ...newPlan(flow.pk, bindings, context), execution });
}

/** Creates a valid link whose stored plan is the result of `broken`. @returns the query of its page */
async function linkWith(broken: (plan: Json, seal: (text: string) => string) => string): Promise<string> {
  const secrets = app.nest.get(SecretBox);
  const plan = newPlan(flow.pk, stages, {});
  const { manager } = app.dataSource;
  const { pk } = await app.nest.get(FlowTokens, { strict: false }).issue(manager, {
    purpose: 'confirm',
    user,
    address: user.email,
    stage: flow.stage,
    plan,
    minutes: 30,
  });
  const stored = broken(whole(plan.execution), (text) => secrets.seal(text, `flow_token.plan:${pk}`));
  await manager.query('update flow_token set plan = $2 where token_uuid = $1', [pk, stored]);
  return `flow_token=${linkSecret(pk, secrets)}`;
}

/** Opens the link and presses its button, if any. @returns the final challenge */
async function follow(query: string): Promise<any> {
  const visitor = new Visitor(app.url);
  const shown = await visitor.see(flow.slug, query);
  if (shown.component !== 'ak-stage-consent') {
    // A made-up confirmation token is refused too.
    const answer = { component: 'ak-stage-consent', token: 'made up' };
    expect((await visitor.answer(flow.slug, answer, query)).component).toBe(shown.component);
    return shown;
  }
  return visitor.answer(flow.slug, { component: 'ak-stage-consent', token: shown.token }, query);
}

const denied = { component: 'ak-stage-access-denied', error_message: expect.stringMatching(/./) };

/** Asserts that the link is refused with an error message. */
async function expectRefused(query: string): Promise<void> {
  expect(await follow(query)).toMatchObject(denied);
}

/** A change of each kind that `changes` has. */
const eachChange: readonly Change[] = [
  (plan) => ({ ...plan, version: null }),
  (plan) => ({ ...plan, execution: undefined }),
  (plan) => ({ ...plan, more: 1 }),
  (plan) => ({ ...plan, context: { ...plan['context'], more: 1 } }),
  () => null,
];

/** Changes of the version or of the set of keys. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.oneof(fc.integer(), fc.string(), fc.constant(null)).map((version) => (plan: Json) => {
    return { ...plan, version: version === 1 ? 2 : version };
  }),
  fc.constantFrom('version', 'execution', 'flow', 'bindings', 'context').map((key) => (plan: Json) => {
    return Object.fromEntries(Object.entries(plan).filter(([name]) => name !== key));
  }),
  fc.tuple(fc.string(), fc.jsonValue()).map(([key, value]) => (plan: Json) => ({ ...plan, [`x${key}`]: value })),
  fc.tuple(fc.string(), fc.jsonValue()).map(([key, value]) => (plan: Json) => {
    return { ...plan, context: { ...plan['context'], [`x${key}`]: value } };
  }),
  fc.jsonValue().map((value) => () => value),
);

/** Replaces one value with a value of another type. */
const wrongTypes = fc.tuple(fc.nat(), fc.jsonValue()).map(([index, value]) => (plan: Json) => {
  const paths = pathsOf(plan);
  const path = paths[index % paths.length]!;
  const parent = path.slice(0, -1).reduce<any>((held, key) => held[key], plan);
  const key = path.at(-1)!;
  parent[key] = typeOf(parent[key]) === typeOf(value) ? [[value]] : value;
  return plan;
});

const replaceable = ['execution', 'flow', 'binding', 'stage', 'both', 'user', 'pretended'] as const;

/** Replaces keys with existing keys of other objects. */
const withForeign =
  (what: readonly (typeof replaceable)[number][]) =>
  (plan: Json): Json => {
    const second = plan['bindings'][1];
    if (what.includes('execution')) plan['execution'] = randomUUID();
    if (what.includes('flow')) plan['flow'] = foreign.flow;
    if (what.includes('binding')) second.binding = (foreign.stage as Json)['binding'];
    if (what.includes('stage')) second.stage = (foreign.stage as Json)['stage'];
    if (what.includes('both')) plan['bindings'] = [plan['bindings'][0], foreign.stage];
    if (what.includes('user')) plan['context'].pending_user = { pk: other.pk };
    if (what.includes('pretended')) plan['context'].pending_user = { pretended: { username: 'a', email: user.email } };
    return plan;
  };
const foreignKeys = fc.subarray([...replaceable], { minLength: 1 }).map(withForeign);

describe('The plan behind a link', () => {
  it('continues the run if it is intact', async () => {
    const intact = await linkWith((plan, seal) => seal(JSON.stringify(plan)));
    expect(await follow(intact)).toMatchObject({ component: 'ak-stage-dummy', name: flow.behind });
  });

  it('is refused if it is truncated anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.boolean(),
        async (at, sealed) => {
          const cut = (text: string): string => text.slice(0, Math.floor(text.length * at));
          await expectRefused(
            await linkWith((plan, seal) =>
              sealed ? cut(seal(JSON.stringify(plan))) : seal(cut(JSON.stringify(plan))),
            ),
          );
        },
      ),
      { numRuns },
    );
  });

  it('is refused if it is random text, sealed or not', async () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('', 'v1.'), async (garbage, prefix) => {
        await expectRefused(await linkWith(() => prefix + garbage));
        await expectRefused(await linkWith((_, seal) => seal(garbage)));
      }),
      { numRuns },
    );
  });

  it.each<[string, fc.Arbitrary<Change>, readonly Change[]]>([
    ['has another version, or missing or additional keys', changes, eachChange],
    ['has a value of another type', wrongTypes, []],
    ['refers to another run, flow, stage or user', foreignKeys, replaceable.map((key) => withForeign([key]))],
  ])('is refused if it %s', async (_, arbitrary, each) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (change) => {
        await expectRefused(await linkWith((plan, seal) => seal(JSON.stringify(change(plan)))));
      }),
      { examples: each.map((change) => [change]), numRuns: each.length + numRuns },
    );
  });
});

describe('The plan in a session', () => {
  it.each<[string, fc.Arbitrary<Change>, readonly Change[]]>([
    ['has another version, or missing or additional keys', changes, eachChange],
    ['has a value of another type', wrongTypes, []],
  ])('is refused if it %s', async (_, arbitrary, each) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.boolean(), async (change, isAnswer) => {
        // Behind the email stage, the furthest stage of the run.
        const plan = { ...whole(randomUUID()), bindings: stages.slice(1) };
        const visitor = await visitorWithState(app, { plan: change(structuredClone(plan)) });
        const shown = isAnswer ? await visitor.answer(flow.slug, {}) : await visitor.see(flow.slug);
        expect(shown).toMatchObject(denied);
        expect(await visitor.see(flow.slug)).toMatchObject({ component: 'ak-stage-identification' });
      }),
      { examples: each.map((change) => [change, true]), numRuns: each.length + numRuns },
    );
  });
});

/** The paths of all values of a plan. */
function pathsOf(value: unknown, above: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [path, ...pathsOf(held, path)];
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
