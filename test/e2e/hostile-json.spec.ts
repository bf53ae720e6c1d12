import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createExpressionPolicy } from '../factories/expression-policy.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createPasswordPolicy } from '../factories/password-policy.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import { createPrompt, createPromptStage } from '../factories/prompt.js';
import { createRole } from '../factories/role.js';
import { createStage } from '../factories/stage.js';
import { canonical, hostileNames, hostileObject, hostileValue } from '../support/hostile-json.js';
import { type Operation, operations, resolved } from '../support/operations.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Number of bodies per operation, and of queries per list. */
const numRuns = { bodies: 15, queries: 8 };

let app: TestApp;
/** For each collection, the key of one of its rows, as in paths. */
let keys: Record<string, (() => Promise<string>) | string>;

beforeAll(async () => {
  app = await startTestApp();
  const { api } = app;
  const { user } = await createActor(app);
  const flow = await createFlow(api);
  const stages = {
    consent: (await createStage(api, 'consent')).pk,
    deny: (await createStage(api, 'deny')).pk,
    dummy: (await createDummyStage(api)).pk,
    email: (await createEmailStage(api, { use_global_settings: false, host: '127.0.0.1', port: 1, timeout: 1 })).pk,
    identification: (await createStage(api, 'identification')).pk,
    password: (await createStage(api, 'password')).pk,
    redirect: (await createStage(api, 'redirect')).pk,
    user_delete: (await createStage(api, 'user_delete')).pk,
    user_login: (await createStage(api, 'user_login')).pk,
    user_logout: (await createStage(api, 'user_logout')).pk,
    user_write: (await createStage(api, 'user_write')).pk,
    'invitation/stages': (await createInvitationStage(api)).pk,
    'prompt/stages': (await createPromptStage(api, [{}])).pk,
  };
  const blueprint = { name: `blueprint-${randomUUID()}`, enabled: false, content: 'version: 1\nentries: []' };
  const stageKeys = Object.entries(stages).map(([kind, pk]) => [`/stages/${kind}/`, pk] as const);
  // A body can change the slug, which paths contain.
  const slug = async (): Promise<string> =>
    (await api.get(`/flows/instances/?flow_uuid=${flow.pk}`)).body.results[0].slug;
  keys = {
    ...Object.fromEntries(stageKeys),
    '/core/groups/': (await createGroup(api)).pk,
    '/core/tokens/': async () =>
      (await api.get(`/core/tokens/?user__username=${user.username}`)).body.results[0].identifier,
    '/core/users/': String(user.pk),
    '/flows/bindings/': (await createBinding(api, { target: flow.pk, stage: stages.dummy })).pk,
    '/flows/executor/': slug,
    '/flows/inspector/': slug,
    '/flows/instances/': slug,
    '/verifications/': (await api.post('/verifications/', { email: `${randomUUID()}@example.org` })).body.pk,
    '/mail/domains/': (await api.post('/mail/domains/', { name: `${randomUUID()}.example.org` })).body.pk,
    '/mail/feedback/': 'postmark',
    '/mail/messages/': randomUUID(),
    '/mail/suppressions/': (await api.post('/mail/suppressions/', { address: `${randomUUID()}.example.org` })).body.pk,
    '/mail/templates/': (await createMailTemplate(api)).pk,
    '/mail/transports/': (await api.post('/mail/transports/', { name: randomUUID(), url: 'smtp://h' })).body.pk,
    '/managed/blueprints/': (await api.post('/managed/blueprints/', blueprint)).body.pk,
    '/policies/all/': (await createPasswordPolicy(api)).pk,
    '/policies/bindings/': (await createPolicyBinding(api, { target: flow.pk, user: user.pk })).pk,
    '/policies/event_matcher/': (await api.post('/policies/event_matcher/', { name: randomUUID() })).body.pk,
    '/policies/expression/': (await createExpressionPolicy(api)).pk,
    '/policies/password/': (await createPasswordPolicy(api)).pk,
    '/rbac/permissions/assigned_by_roles/': (await createRole(api)).pk,
    '/rbac/permissions/assigned_by_users/': String(user.pk),
    '/rbac/permissions/roles/': '1',
    '/rbac/permissions/users/': '1',
    '/rbac/roles/': (await createRole(api)).pk,
    '/stages/all/': stages.dummy,
    '/stages/invitation/invitations/': (await createInvitation(api)).pk,
    '/stages/prompt/prompts/': (await createPrompt(api)).pk,
    '/events/events/': randomUUID(),
    '/events/notifications/': randomUUID(),
    '/events/rules/': (await api.post('/events/rules/', { name: randomUUID() })).body.pk,
    '/events/transports/': (await api.post('/events/transports/', { name: randomUUID() })).body.pk,
    '/webhooks/deliveries/': randomUUID(),
    '/webhooks/endpoints/': (
      await api.post('/webhooks/endpoints/', { name: `endpoint-${randomUUID()}`, url: 'https://example.org/' })
    ).body.pk,
  };
});
afterAll(() => app.stop());

/** The path of an operation, with the key of a row as its parameter. */
async function pathOf({ path }: Operation): Promise<string> {
  const [collection = '', rest] = path.split(/\{\w+\}/);
  if (rest === undefined) return path;
  const key = keys[collection];
  if (key === undefined) throw new Error(`no row of ${collection} is known`);
  return `${collection}${encodeURIComponent(typeof key === 'string' ? key : await key())}${rest}`;
}

/** The stored row as the API returns it: a body with valid fields. */
async function storedFields(operation: Operation): Promise<Record<string, unknown>> {
  const path = await pathOf(operation);
  const row = /^(.*\/)[^/]+\/\w+\/$/.exec(path)?.[1] ?? path;
  const { status, body } = await app.api
    .get(operation.path.includes('{') ? path : row)
    .catch(() => ({ status: 0, body: {} }));
  return status === 200 ? (body.results?.[0] ?? body) : {};
}

/** Bodies with each field omitted, stored or hostile, and with additional hostile names. */
function bodiesOf({ body }: Operation, stored: Record<string, unknown>): fc.Arbitrary<unknown> {
  const names = Object.keys(resolved(body ?? {}).properties ?? {});
  const field = (name: string): fc.Arbitrary<[string, unknown][]> =>
    fc.oneof(
      fc.constant<[string, unknown][]>(Object.hasOwn(stored, name) ? [[name, stored[name]]] : []),
      hostileValue.map((value): [string, unknown][] => [[name, value]]),
    );
  const fields = fc.tuple(...names.map(field)).map((entries) => Object.fromEntries(entries.flat()) as object);
  const additional = fc.oneof(fc.constant({}), hostileObject);
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(additional, fields).map(([more, body]) => ({ ...more, ...body })) },
    { weight: 1, arbitrary: hostileValue },
  );
}

const withBody = operations.filter(({ body }) => body !== undefined);
// The OpenAPI document is text unless JSON is requested.
const withQuery = operations.filter(
  ({ method, path, query }) => method === 'GET' && query.length > 0 && path !== '/schema/',
);
const called = ({ method, path }: Operation): string => `${method} ${path}`;

async function faults(): Promise<unknown[]> {
  return (await app.api.get('/events/events/?action=system_exception')).body.results;
}

describe('A key or value with a special meaning in JavaScript', () => {
  it('is sent to every operation with a JSON body', () => {
    expect(withBody.length).toBeGreaterThan(60);
    expect(withQuery.length).toBeGreaterThan(20);
  });

  it.each(withBody.map((operation) => [called(operation), operation] as const))(
    'causes no server error in the body of %s',
    async (_, operation) => {
      const stored = await storedFields(operation);
      await fc.assert(
        fc.asyncProperty(bodiesOf(operation, stored), async (json) => {
          const answer = await app.api.request(operation.method, await pathOf(operation), { json });
          expect(answer.status).toBeLessThan(500);
          expect(answer.body?.component).not.toBe('ak-stage-flow-error');
        }),
        { numRuns: numRuns.bodies },
      );
      expect(await faults()).toEqual([]);
    },
  );

  it.each(withQuery.map((operation) => [called(operation), operation] as const))(
    'causes no server error in the query of %s',
    async (_, operation) => {
      const name = fc.constantFrom(
        ...operation.query,
        ...operation.query.map((query) => `${query}[__proto__]`),
        ...hostileNames,
      );
      const query = fc.array(fc.tuple(name, fc.constantFrom(...hostileNames)), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(query, async (pairs) => {
          const answer = await app.api.get(`${await pathOf(operation)}?${new URLSearchParams(pairs).toString()}`);
          expect(answer.status).toBeLessThan(500);
        }),
        { numRuns: numRuns.queries },
      );
    },
  );
});

describe('JSON with hostile keys', () => {
  it.each([
    ['attributes', '/core/users/', () => ({ username: `user-${randomUUID()}`, name: '' })],
    ['attributes', '/core/groups/', () => ({ name: `group-${randomUUID()}` })],
    ['fixed_data', '/stages/invitation/invitations/', () => ({ name: `invitation-${randomUUID()}` })],
    [
      'context',
      '/managed/blueprints/',
      () => ({ name: `blueprint-${randomUUID()}`, enabled: false, content: 'version: 1\nentries: []' }),
    ],
  ])('survives a round trip: %s of %s', async (field, path, needed) => {
    await fc.assert(
      fc.asyncProperty(hostileObject, hostileObject, async (first, second) => {
        const { status, body: row } = await app.api.post(path, { ...needed(), [field]: first });
        expect([status, canonical(row[field])]).toEqual([201, canonical(first)]);
        const changed = await app.api.patch(`${path}${row.pk}/`, { [field]: second });
        expect([changed.status, canonical(changed.body[field])]).toEqual([200, canonical(second)]);
        const read = await app.api.get(`${path}${row.pk}/`);
        expect(canonical(read.body[field])).toBe(canonical(second));
        await app.api.delete(`${path}${row.pk}/`);
      }),
      { numRuns: 25 },
    );
  });
});
