import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlow } from '../factories/flow.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const nobodyFound = {
  status: 400,
  body: { non_field_errors: ['When no user fields are selected, at least one source must be selected'] },
};

describe('An identification stage', () => {
  it('requires user_fields or sources', async () => {
    for (const fields of [{}, { user_fields: [] }, { user_fields: [], sources: [] }]) {
      expect(await app.api.post('/stages/identification/', { name: 'finds nobody', ...fields })).toMatchObject(
        nobodyFound,
      );
    }
    const { pk } = await createStage(app.api, 'identification');
    expect(await app.api.patch(`/stages/identification/${pk}/`, { user_fields: [] })).toMatchObject(nobodyFound);
  });

  it('keeps user_fields with PATCH and PUT without them', async () => {
    const { pk, name } = await createStage(app.api, 'identification', { user_fields: ['upn'] });
    const path = `/stages/identification/${pk}/`;
    expect((await app.api.patch(path, { show_matched_user: false })).body).toMatchObject({ user_fields: ['upn'] });
    expect((await app.api.put(path, { name })).body).toMatchObject({ user_fields: ['upn'] });
  });

  it('refuses stages of other kinds as its password stage', async () => {
    const { pk: deny } = await createStage(app.api, 'deny');
    const { body } = await app.api.post('/stages/identification/', {
      name: 'wrong kind',
      user_fields: ['email'],
      password_stage: deny,
    });
    expect(body).toEqual({ password_stage: [`Invalid pk "${deny}" - object does not exist.`] });
  });

  it('accepts empty sources and a null captcha_stage', async () => {
    const none = { sources: [], captcha_stage: null };
    expect(await createStage(app.api, 'identification', none)).toMatchObject(none);
  });
});

describe('A stage that refers to a flow or another stage', () => {
  it('is in `used_by` of its target', async () => {
    const { pk: flow, slug } = await createFlow(app.api);
    const { pk: password, name: passwordName } = await createStage(app.api, 'password', { configure_flow: flow });
    const links = { password_stage: password, enrollment_flow: flow, recovery_flow: flow };
    const { pk, name } = await createStage(app.api, 'identification', links);
    const identification = {
      app: 'authentik_stages_identification',
      model_name: 'identificationstage',
      pk,
      name: `Stage ${name}`,
      action: 'set_null',
    };
    const configured = {
      app: 'authentik_stages_password',
      model_name: 'passwordstage',
      pk: password,
      name: `Stage ${passwordName}`,
      action: 'set_null',
    };
    const { body: ofFlow } = await app.api.get(`/flows/instances/${slug}/used_by/`);
    expect(ofFlow).toHaveLength(3);
    expect(ofFlow).toEqual(expect.arrayContaining([configured, identification]));
    expect((await app.api.get(`/stages/password/${password}/used_by/`)).body).toEqual([identification]);
    expect((await app.api.get(`/stages/all/${password}/used_by/`)).body).toEqual([identification]);
  });

  it('loses the reference when the target is deleted', async () => {
    const { pk: flow, slug } = await createFlow(app.api);
    const { pk: password } = await createStage(app.api, 'password', { configure_flow: flow });
    const links = { enrollment_flow: flow, recovery_flow: flow, passwordless_flow: flow, password_stage: password };
    const stage = await createStage(app.api, 'identification', links);
    expect((await app.api.delete(`/flows/instances/${slug}/`)).status).toBe(204);
    expect((await app.api.get(`/stages/password/${password}/`)).body).toMatchObject({ configure_flow: null });
    const noFlows = { ...stage, enrollment_flow: null, recovery_flow: null, passwordless_flow: null };
    expect((await app.api.get(`/stages/identification/${stage.pk}/`)).body).toEqual(noFlows);
    expect((await app.api.delete(`/stages/password/${password}/`)).status).toBe(204);
    expect((await app.api.get(`/stages/identification/${stage.pk}/`)).body).toEqual({
      ...noFlows,
      password_stage: null,
    });
  });

  it('can be filtered by existing targets only', async () => {
    const nothing = '00000000-0000-4000-8000-000000000000';
    const refused = ['Select a valid choice. That choice is not one of the available choices.'];
    const filters = ['password_stage', 'captcha_stage', 'enrollment_flow', 'recovery_flow', 'passwordless_flow'];
    for (const filter of filters) {
      const path = `/stages/identification/?${filter}=`;
      expect((await app.api.get(`${path}${nothing}`)).body).toEqual({ [filter]: refused });
      expect((await app.api.get(`${path}x`)).body).toEqual({ [filter]: ['“x” is not a valid UUID.'] });
      expect((await app.api.get(path)).status).toBe(200);
    }
  });
});
