import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { promptTypes } from '../../src/stages/prompt/prompt-types.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createInvitationStage } from '../factories/invitation.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { runs } from '../support/runs.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visitorAt } from '../support/visitor-at.js';
import { Visitor } from '../support/visitor.js';

/** Number of random responses per stage. */
const numRuns = runs(12, 1000);

let app: TestApp;
let user: { pk: number; email: string; password: string };
/** Keys of a stage of each kind. */
const stages: Record<string, string> = {};

beforeAll(async () => {
  app = await startTestApp();
  user = await createPasswordUser(app.api);
  const prompts = promptTypes.map((type) => ({ field_key: type, type, required: false, placeholder: 'a\nb' }));
  const written = ['username', 'name', 'email', 'attributes.a.b'].map((field_key) => ({ field_key, required: false }));
  const { pk: password_stage } = await createStage(app.api, 'password');
  Object.assign(stages, {
    identification: (await createStage(app.api, 'identification')).pk,
    'identification with a password': (await createStage(app.api, 'identification', { password_stage })).pk,
    password: password_stage,
    email: (await createEmailStage(app.api, { host: '127.0.0.1', port: 1, recovery_max_attempts: 100_000 })).pk,
    prompt: (await createPromptStage(app.api, prompts)).pk,
    'prompt before a user write': (await createPromptStage(app.api, written)).pk,
    consent: (await createStage(app.api, 'consent')).pk,
    'user login': (await createStage(app.api, 'user_login', { remember_me_offset: 'days=1' })).pk,
    dummy: (await createDummyStage(app.api)).pk,
    invitation: (await createInvitationStage(app.api)).pk,
    write: (await createStage(app.api, 'user_write', { user_creation_mode: 'always_create' })).pk,
  });
});
afterAll(() => app.stop());

const keys = [
  'component',
  'uid_field',
  'password',
  'code',
  'token',
  'remember_me',
  ...promptTypes,
  'name',
  'attributes.a.b',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('\0', '\u0000a', '\ud800', '١٢٣٤٥٦', '123456', 'a@b.co', '-0', '1e400', '2026-02-30', '__proto__'),
);
const value = fc.oneof(text, fc.jsonValue(), fc.integer(), fc.boolean(), fc.constant(null));
const body = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value, { maxKeys: 12 }),
  fc.jsonValue(),
);

/** Asserts that the response reports no internal error. */
async function expectNoFault(visitor: Visitor, slug: string, sent: unknown, query = ''): Promise<void> {
  const answer = await visitor.post(slug, sent, query);
  expect([200, 302]).toContain(answer.status);
  const shown = answer.status === 302 ? await visitor.see(slug, query) : answer.body;
  // A body with a lone surrogate is refused before any stage runs, with the same challenge.
  const isText = !/\\ud[89a-f]/.test(JSON.stringify(sent));
  if (isText) expect(shown.component).not.toBe('ak-stage-flow-error');
}

async function faults(): Promise<unknown[]> {
  return (await app.api.get('/events/events/?action=system_exception')).body.results;
}

describe('Random input', () => {
  it.each([
    'identification',
    'identification with a password',
    'password',
    'email',
    'prompt',
    'prompt before a user write',
    'consent',
    'user login',
    'dummy',
    'invitation',
  ])('as a response to this stage causes no internal error: %s', async (kind) => {
    const rest = kind === 'prompt before a user write' ? [stages['write']!] : [stages['dummy']!];
    const { flow, bindings } = await createFlowWith(app.api, [stages[kind]!, ...rest]);
    const planned = bindings.map(({ pk: binding, stage }) => ({ binding, stage, reEvaluate: true }));
    const isAboutSomebody = !kind.startsWith('identification') && kind !== 'prompt before a user write';
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        await app.dataSource.query('delete from "request_limit"');
        const context = isAboutSomebody ? { pending_user: { pk: user.pk } } : {};
        await expectNoFault(await visitorAt(app, flow, planned, context), flow.slug, sent);
      }),
      { numRuns },
    );
    expect(await faults()).toEqual([]);
  });

  it('as a query, a language or a cookie causes no internal error', async () => {
    const { flow } = await createFlowWith(app.api, [stages['invitation']!, stages['email']!]);
    const names = fc.constantFrom('next', 'flow_token', 'itoken', 'token', 'locale', 'inspector', 'query', '');
    const query = fc.oneof(
      fc.array(fc.tuple(names, text), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs).toString()),
      fc.string(),
      fc.constantFrom('%', '%zz', '%00', '&&==', 'next=%ff', 'flow_token=%ed%a0%80'),
    );
    const header = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    await fc.assert(
      fc.asyncProperty(query, header, header, async (asked, language, cookie) => {
        const visitor = new Visitor(app.url);
        const path = `/flows/executor/${flow.slug}/?query=${encodeURIComponent(asked.toWellFormed())}`;
        const headers = { 'accept-language': language, cookie: `authentik_session=${cookie}` };
        const { status, body: shown } = await visitor.request('GET', path, { headers });
        expect(status).toBe(200);
        expect(shown.component).not.toBe('ak-stage-flow-error');
      }),
      { numRuns: 2 * numRuns },
    );
    expect(await faults()).toEqual([]);
    expect((await new Visitor(app.url).get(`none-${randomUUID()}`)).status).toBe(404);
  });
});
