import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { importEntries, importFile } from '../factories/blueprint.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { canonical, hostileObject, hostileValue } from '../support/hostile-json.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Parses a JSON text, with `__proto__` as an own key. */
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('A run through a flow', () => {
  it('writes the attributes of an invitation unchanged, with any keys', async () => {
    const stages = [(await createInvitationStage(app.api)).pk, (await createStage(app.api, 'user_write')).pk];
    const { flow } = await createFlowWith(app.api, stages, { designation: 'enrollment' });
    await fc.assert(
      fc.asyncProperty(hostileObject, async (attributes) => {
        const username = `user-${randomUUID()}`;
        const { pk } = await createInvitation(app.api, { fixed_data: { username, attributes } });
        await new Visitor(app.url).see(flow.slug, `itoken=${pk}`);
        const user = await app.dataSource.manager.findOneByOrFail(User, { username });
        expect(canonical(user.attributes)).toBe(canonical(attributes));
      }),
      { numRuns: 20 },
    );
  });

  it('accepts prompts with the names of JavaScript object properties as field keys', async () => {
    const keys = ['constructor', '__proto__', 'toString', 'then'];
    const prompts = keys.flatMap((key) => [{ field_key: key }, { field_key: `attributes.${key}` }]);
    const form = await createPromptStage(app.api, [{ field_key: 'username', type: 'username' }, ...prompts]);
    const write = await createStage(app.api, 'user_write', { user_creation_mode: 'always_create' });
    const { flow } = await createFlowWith(app.api, [form.pk, write.pk], { designation: 'enrollment' });
    const visitor = new Visitor(app.url);
    const shown = await visitor.see(flow.slug);
    expect(shown.fields.map(({ initial_value }: { initial_value: string }) => initial_value).join('')).toBe('');
    const missing = await visitor.answer(flow.slug, {});
    expect(Object.keys(missing.response_errors)).toEqual(['username', ...prompts.map(({ field_key }) => field_key)]);
    const username = `user-${randomUUID()}`;
    const answers = prompts.map(({ field_key: key }) => [key, `about ${key}`]);
    await visitor.answer(flow.slug, Object.fromEntries([['username', username], ...answers]));
    const { attributes } = await app.dataSource.manager.findOneByOrFail(User, { username });
    const written = keys.map((key) => [key, `about attributes.${key}`]);
    expect(canonical(attributes)).toBe(canonical(Object.fromEntries(written)));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('An imported file', () => {
  it('causes no server error with hostile values at any position', async () => {
    const sound = {
      model: 'authentik_stages_dummy.dummystage',
      identifiers: { name: 'a' },
      attrs: {},
      state: 'present',
    };
    const parts = [...Object.keys(sound), 'id', 'conditions', 'permissions'];
    const entry = fc.oneof(
      fc.tuple(fc.constantFrom(...parts), hostileValue).map(([part, value]) => ({ ...sound, [part]: value })),
      hostileObject.map((more) => ({ ...sound, ...more })),
      hostileObject.map((attrs) => ({ ...sound, attrs, identifiers: { pk: attrs } })),
      hostileValue,
    );
    const file = fc.record(
      { version: fc.constant(1), metadata: hostileValue, context: hostileValue, entries: fc.tuple(entry) },
      { requiredKeys: ['version', 'entries'] },
    );
    await fc.assert(
      fc.asyncProperty(file, async (content) => {
        expect((await importFile(app.api, JSON.stringify(content))).status).toBe(200);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'reads %s from its context only if it is set there',
    async (key) => {
      const slug = `flow-${randomUUID()}`;
      const yaml = (context: string): string =>
        [
          'version: 1',
          `context: ${context}`,
          'entries:',
          '- model: authentik_flows.flow',
          `  identifiers: {slug: ${slug}}`,
          `  attrs: {name: Flow, designation: recovery, title: !Context [${key}, none]}`,
        ].join('\n');
      const titleAfter = async (context: string): Promise<string> => {
        expect((await importFile(app.api, yaml(context))).body.success).toBe(true);
        return (await app.api.get(`/flows/instances/${slug}/`)).body.title;
      };
      expect(await titleAfter('{}')).toBe('none');
      expect(await titleAfter(`\n  ${key}: given`)).toBe('given');
    },
  );

  it('with an object as its model is reported with an unknown model', async () => {
    const entry = { model: { toString: 1, valueOf: null }, identifiers: { name: 'x' }, attrs: {} };
    expect(await importEntries(app.api, [entry])).toEqual([false, 'app or model does not exist']);
  });
});

describe('A repeated Idempotency-Key', () => {
  it('repeats the response for an equal body with hostile keys, and answers 400 for a different body', async () => {
    const stage = await createEmailStage(app.api, { use_global_settings: false, host: '127.0.0.1', port: 1 });
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = (more: string): Record<string, unknown> => ({ to: 'a@example.org', ...json(more) });
    const send = async (more: string): Promise<[number, any]> => {
      const answer = await app.api.post(`/stages/email/${stage.pk}/test/`, body(more), { headers });
      return [answer.status, answer.body];
    };
    const first = await send('{"__proto__":{"constructor":1},"toJSON":2}');
    expect(await send('{"toJSON":2,"__proto__":{"constructor":1}}')).toEqual(first);
    expect(await send('{"__proto__":{"constructor":2},"toJSON":2}')).toEqual([
      400,
      { 'Idempotency-Key': ['This key was used for another request.'] },
    ]);
  });
});
