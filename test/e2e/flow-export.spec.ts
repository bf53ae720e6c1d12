import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { StageDto } from '../../src/flows/dto/stage.dto.js';
import { StageKinds } from '../../src/flows/stage-kinds.js';
import { allow, createActor } from '../factories/actor.js';
import { createBinding } from '../factories/binding.js';
import { importFile } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createStages } from '../factories/every-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const exported = async (slug: string, { api } = app): Promise<string> => {
  const { status, body } = await api.get<string>(`/flows/instances/${slug}/export/`);
  expect(status).toBe(200);
  return body;
};
/** The file without its time of export. */
const timeless = (text: string): string => text.replace(/authentik Export - .*/, '');
const models = (text: string): string[] => [...text.matchAll(/^ {2}model: (.*)$/gm)].map(([, model]) => model!);

describe('An exported flow', () => {
  it('is an attachment with the entries of an authentik export', async () => {
    const pk = '[0-9a-f-]{36}';
    const flow = await createFlow(app.api, {
      slug: 'example',
      name: 'Example',
      title: 'Hello',
      designation: 'recovery',
    });
    const { pk: stage } = await createEmailStage(app.api, { name: 'example-email' });
    await createBinding(app.api, { target: flow.pk, stage, order: 20 });
    const answer = await app.api.get('/flows/instances/example/export/');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="example.yaml"');
    expect(answer.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    const expected = `context: {}
entries:
- attrs:
    authentication: none
    compatibility_mode: false
    denied_action: message_continue
    designation: recovery
    layout: stacked
    name: Example
    policy_engine_mode: any
    title: Hello
  conditions: []
  identifiers:
    pk: ${flow.pk}
    slug: example
  model: authentik_flows.flow
  permissions: []
  state: present
- attrs:
    activate_user_on_success: false
    from_address: system@authentik.local
    host: localhost
    port: 25
    recovery_cache_timeout: minutes=5
    recovery_max_attempts: 5
    subject: authentik
    template: email/password_reset.html
    timeout: 10
    token_expiry: 30
    use_global_settings: false
    use_ssl: false
    use_tls: false
  conditions: []
  identifiers:
    name: example-email
    pk: ${stage}
  model: authentik_stages_email.emailstage
  permissions: []
  state: present
- attrs:
    evaluate_on_plan: false
    invalid_response_action: retry
    policy_engine_mode: any
    re_evaluate_policies: true
  conditions: []
  identifiers:
    order: 20
    pk: PK
    stage: ${stage}
    target: ${flow.pk}
  model: authentik_flows.flowstagebinding
  permissions: []
  state: present
metadata:
  labels:
    blueprints.goauthentik.io/generated: 'true'
  name: authentik Export - TIME
version: 1
`;
    const [head = '', tail = ''] = expected.split('PK');
    expect(answer.body.slice(0, head.length)).toBe(head);
    expect(
      answer.body
        .slice(head.length)
        .replace(new RegExp(`^${pk}`), '')
        .replace(/\d{4}-.*\+00:00/, 'TIME'),
    ).toBe(tail);
    expect(answer.body).toMatch(/Export - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/m);
  });

  it('is byte-identical after an import into an empty service, with a stage of every kind', async () => {
    const flow = await createFlow(app.api, { slug: 'everything', compatibility_mode: true, layout: 'sidebar_left' });
    const stages = await createStages(app.api, flow.pk);
    expect([...stages.keys()].sort()).toEqual(
      app.nest
        .get(StageKinds, { strict: false })
        .all()
        .map(({ kind }) => kind)
        .sort(),
    );
    let order = 0;
    for (const { pk } of stages.values()) {
      const more = order % 20 === 0 ? { evaluate_on_plan: true, re_evaluate_policies: false } : {};
      await createBinding(app.api, { target: flow.pk, stage: pk, order: (order += 10), ...more });
    }
    const { pk: place } = await createBinding(app.api, { target: flow.pk, stage: stages.get('dummy')!.pk, order: 5 });
    const { pk: group } = await createGroup(app.api, { name: 'testers' });
    for (const request of [
      { target: flow.pk, user: 1, order: 3, negate: true },
      { target: place, group, order: 0, enabled: false },
      { target: place, group, order: 0 },
    ]) {
      await created(app.api.post('/policies/bindings/', request));
    }
    const text = await exported('everything');
    expect(text).not.toContain('never-told');
    expect(await exported('everything').then(timeless)).toBe(timeless(text));

    const empty = await startTestApp();
    try {
      const withGroup = text.replaceAll(group, (await createGroup(empty.api, { name: 'testers' })).pk);
      const { body } = await importFile(empty.api, withGroup);
      expect(body.logs.filter(({ log_level }) => log_level !== 'info')).toEqual([]);
      expect(body.success).toBe(true);
      expect(timeless(await exported('everything', empty))).toBe(timeless(withGroup));
      // A second import changes and duplicates nothing.
      expect((await importFile(empty.api, withGroup)).body.logs.map(({ event }) => event)).toEqual(
        body.logs.map(() => 'updated'),
      );
      expect(timeless(await exported('everything', empty))).toBe(timeless(withGroup));
    } finally {
      await empty.stop();
    }
  });

  it('lists prompts, stages, bindings and policy bindings in order of their dependencies', async () => {
    const flow = await createFlow(app.api, { slug: 'ordered' });
    const name = (): string => randomUUID();
    const field = await created<StageDto>(
      app.api.post('/stages/prompt/prompts/', { name: name(), field_key: 'a', label: 'A', type: 'text', order: 0 }),
    );
    const form = await created<StageDto>(app.api.post('/stages/prompt/stages/', { name: name(), fields: [field.pk] }));
    const password = await created<StageDto>(
      app.api.post('/stages/password/', { name: name(), backends: ['authentik.core.auth.InbuiltBackend'] }),
    );
    const request = { name: name(), user_fields: ['email'], password_stage: password.pk };
    const identification = await created<StageDto>(app.api.post('/stages/identification/', request));
    const { pk: place } = await createBinding(app.api, { target: flow.pk, stage: identification.pk, order: 1 });
    await createBinding(app.api, { target: flow.pk, stage: form.pk, order: 2 });
    await created(app.api.post('/policies/bindings/', { target: place, user: 1, order: 0 }));
    expect(models(await exported('ordered'))).toEqual([
      'authentik_flows.flow',
      'authentik_stages_prompt.prompt',
      // The password stage has no binding: the identification stage refers to it.
      'authentik_stages_password.passwordstage',
      'authentik_stages_identification.identificationstage',
      'authentik_stages_prompt.promptstage',
      'authentik_flows.flowstagebinding',
      'authentik_flows.flowstagebinding',
      'authentik_policies.policybinding',
    ]);
  });

  it('lists a stage with two bindings once', async () => {
    const flow = await createFlow(app.api, { slug: 'twice' });
    const { pk: stage } = await createDummyStage(app.api);
    for (const order of [2, 1]) await createBinding(app.api, { target: flow.pk, stage, order });
    const text = await exported('twice');
    expect(models(text)).toEqual([
      'authentik_flows.flow',
      'authentik_stages_dummy.dummystage',
      'authentik_flows.flowstagebinding',
      'authentik_flows.flowstagebinding',
    ]);
    expect([...text.matchAll(/order: (\d)/g)].map(([, order]) => order)).toEqual(['1', '2']);
  });

  it('can have no stages', async () => {
    await createFlow(app.api, { slug: 'bare' });
    expect(models(await exported('bare'))).toEqual(['authentik_flows.flow']);
  });

  it('refers to users by name instead of key', async () => {
    const flow = await createFlow(app.api, { slug: 'personal' });
    await created(app.api.post('/policies/bindings/', { target: flow.pk, user: 1, order: 0 }));
    expect(await exported('personal')).toContain('user: !Find [ authentik_core.user, [ username, akadmin ] ]');
  });

  it('requires permission to export the flow and to view all objects in its file', async () => {
    const flow = await createFlow(app.api, { slug: 'guarded' });
    const path = '/flows/instances/guarded/export/';
    const view = ['flows.view_flow', 'flows.view_flowstagebinding', 'flows.view_stage', 'policies.view_policybinding'];
    const everywhere = [...view, 'stages_prompt.view_prompt'].map((name) => `authentik_${name}`);
    const { user, api } = await createActor(app, everywhere);
    expect((await api.get(path)).status).toBe(403);
    await allow(app, user.pk, {
      permissions: ['export_flow'],
      model: 'authentik_flows.flow',
      object_pk: flow.pk,
    });
    expect((await api.get(path)).status).toBe(200);
    for (const missing of everywhere) {
      const others = [...everywhere, 'authentik_flows.export_flow'].filter((name) => name !== missing);
      expect([missing, (await (await createActor(app, others)).api.get(path)).status]).toEqual([missing, 403]);
    }
    expect((await app.api.get('/flows/instances/nowhere/export/')).status).toBe(404);
    expect((await app.client(undefined).get(path)).status).toBe(403);
  });
});
