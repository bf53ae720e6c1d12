import { randomUUID } from 'node:crypto';

import { type EmailStage, type EmailStageRequest, FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/email/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const flows = (): FlowsApi => new FlowsApi(sdk().configuration());
  const create = (request: Partial<EmailStageRequest> = {}): Promise<EmailStage> =>
    stages().stagesEmailCreate({ emailStageRequest: { name: `mail-${randomUUID()}`, ...request } });

  const defaults = {
    component: 'ak-stage-email-form',
    verboseName: 'Email Stage',
    verboseNamePlural: 'Email Stages',
    metaModelName: 'authentik_stages_email.emailstage',
    flowSet: [],
    useGlobalSettings: false,
    host: 'localhost',
    port: 25,
    username: '',
    useTls: false,
    useSsl: false,
    timeout: 10,
    fromAddress: 'system@authentik.local',
    tokenExpiry: 30,
    subject: 'authentik',
    template: 'email/password_reset.html',
    activateUserOnSuccess: false,
  };
  const everything = {
    useGlobalSettings: true,
    host: 'mail.example.org',
    port: 587,
    username: 'sender',
    useTls: true,
    useSsl: true,
    timeout: 30,
    fromAddress: 'noreply@example.org',
    tokenExpiry: 60,
    subject: 'Welcome',
    template: 'email/account_confirmation.html',
    activateUserOnSuccess: true,
  };

  it('creates with authentik’s defaults', async () => {
    const stage = await create({ name: 'defaults' });
    expect(stage).toEqual({ ...defaults, pk: expect.stringMatching(/^[0-9a-f-]{36}$/), name: 'defaults' });
  });

  it('creates with every field, and never returns the password', async () => {
    const stage = await create({ name: 'everything', ...everything, password: 'secret' });
    expect(stage).toEqual({ ...defaults, ...everything, pk: stage.pk, name: 'everything' });
    const raw = await stages().stagesEmailRetrieveRaw({ stageUuid: stage.pk });
    expect(await raw.raw.text()).not.toMatch(/password"|secret/);
  });

  it('answers 400 for a stage without a name', async () => {
    const emailStageRequest = {} as EmailStageRequest;
    expect(await refusal(stages().stagesEmailCreate({ emailStageRequest }))).toEqual({
      status: 400,
      body: { name: ['This field is required.'] },
    });
  });

  it('reports all invalid fields at once', async () => {
    const { name } = await create();
    expect(await refusal(create({ name, fromAddress: 'nobody', subject: '', template: 'foobar' }))).toEqual({
      status: 400,
      body: {
        name: ['stage with this name already exists.'],
        from_address: ['Enter a valid email address.'],
        subject: ['This field may not be blank.'],
        template: ["Invalid template 'foobar' specified."],
      },
    });
  });

  it('retrieves the created object', async () => {
    const stage = await create();
    expect(await stages().stagesEmailRetrieve({ stageUuid: stage.pk })).toEqual(stage);
  });

  it('answers 404 for an unknown stage in every operation', async () => {
    const stageUuid = randomUUID();
    const emailStageRequest = { name: 'nothing' };
    const calls = [
      stages().stagesEmailRetrieve({ stageUuid }),
      stages().stagesEmailUpdate({ stageUuid, emailStageRequest }),
      stages().stagesEmailPartialUpdate({ stageUuid }),
      stages().stagesEmailDestroy({ stageUuid }),
      stages().stagesEmailUsedByList({ stageUuid }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT', async () => {
    const { pk } = await create(everything);
    const emailStageRequest = { name: 'replaced', port: 2525 };
    const changed = { ...defaults, ...everything, pk, ...emailStageRequest };
    expect(await stages().stagesEmailUpdate({ stageUuid: pk, emailStageRequest })).toEqual(changed);
    expect(await refusal(stages().stagesEmailUpdate({ stageUuid: pk, emailStageRequest: {} as never }))).toEqual({
      status: 400,
      body: { name: ['This field is required.'] },
    });
  });

  it('changes one field with PATCH, or none', async () => {
    const stage = await create();
    const stageUuid = stage.pk;
    const changed = { ...stage, timeout: 5 };
    const patchedEmailStageRequest = { timeout: 5 };
    expect(await stages().stagesEmailPartialUpdate({ stageUuid, patchedEmailStageRequest })).toEqual(changed);
    expect(await stages().stagesEmailPartialUpdate({ stageUuid })).toEqual(changed);
    expect(
      await refusal(stages().stagesEmailPartialUpdate({ stageUuid, patchedEmailStageRequest: { port: 'x' as never } })),
    ).toEqual({ status: 400, body: { port: ['A valid integer is required.'] } });
  });

  it('deletes, and answers 404 the second time', async () => {
    const { pk: stageUuid } = await create();
    await stages().stagesEmailDestroy({ stageUuid });
    expect((await refusal(stages().stagesEmailDestroy({ stageUuid }))).status).toBe(404);
  });

  it('paginates and sorts', async () => {
    const host = 'pages.example.org';
    for (const name of ['page a', 'page c', 'page b']) await create({ name, host });
    const first = await stages().stagesEmailList({ host, pageSize: 2, ordering: '-name' });
    expect(first.results.map(({ name }) => name)).toEqual(['page c', 'page b']);
    expect(first.pagination).toEqual({
      next: 2,
      previous: 0,
      count: 3,
      current: 1,
      totalPages: 2,
      startIndex: 1,
      endIndex: 2,
    });
    const second = await stages().stagesEmailList({ host, pageSize: 2, ordering: '-name', page: 2 });
    expect(second.results.map(({ name }) => name)).toEqual(['page a']);
    expect(second.pagination).toMatchObject({ next: 0, previous: 1, current: 2, startIndex: 3, endIndex: 3 });
    expect(await refusal(stages().stagesEmailList({ host, page: 2 }))).toEqual({
      status: 404,
      body: { detail: 'Invalid page.' },
    });
  });

  it('filters a list by every filter', async () => {
    const settings = { ...everything, name: 'wanted', host: 'filter.example.org', port: 2587 };
    const wanted = await create(settings);
    const other = await create();
    const filters = { ...settings, search: 'wante' };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await stages().stagesEmailList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const { results } = await stages().stagesEmailList(filters);
    expect(results).toEqual([wanted]);
    expect(await refusal(stages().stagesEmailList({ port: 'many' as never, timeout: 'x' as never }))).toEqual({
      status: 400,
      body: { port: ['Enter a number.'], timeout: ['Enter a number.'] },
    });
  });

  it('lists the flows of a stage, and the objects that use it', async () => {
    const { pk: stage } = await create();
    const flowRequest = { name: 'Sign up', slug: 'sign-up', title: 'Welcome', designation: 'enrollment' as const };
    const flow = await flows().flowsInstancesCreate({ flowRequest });
    const { pk: binding } = await flows().flowsBindingsCreate({
      flowStageBindingRequest: { target: flow.pk, stage, order: 10 },
    });
    const { flowSet } = await stages().stagesEmailRetrieve({ stageUuid: stage });
    expect(flowSet).toHaveLength(1);
    expect({ ...flowSet?.[0], stages: [], policies: [], cacheCount: 0, authentication: 'none' }).toEqual(flow);
    expect(await stages().stagesEmailUsedByList({ stageUuid: stage })).toEqual([
      {
        app: 'authentik_flows',
        modelName: 'flow',
        pk: flow.pk,
        name: 'Flow Sign up (sign-up)',
        action: 'cascade_many',
      },
      {
        app: 'authentik_flows',
        modelName: 'flowstagebinding',
        pk: binding,
        name: `Flow-stage binding #10 to ${flow.pk}`,
        action: 'cascade',
      },
    ]);
  });

  it('lists the templates', async () => {
    const more = { component: '', modelName: '', iconUrl: undefined, requiresEnterprise: false };
    expect(await stages().stagesEmailTemplatesList()).toEqual([
      { name: 'email/password_reset.html', description: 'Password Reset', ...more },
      { name: 'email/account_confirmation.html', description: 'Account Confirmation', ...more },
      { name: 'email/address_change.html', description: 'Address Change', ...more },
    ]);
  });

  it('answers 403 without credentials and 404 for unknown keys', async () => {
    expect(await refusal(stages(null).stagesEmailList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
    expect(await refusal(stages('no-such-key').stagesEmailCreate({ emailStageRequest: { name: 'x' } }))).toEqual({
      status: 403,
      body: { detail: 'Token invalid/expired' },
    });
    expect(await refusal(stages(null).stagesEmailRetrieve({ stageUuid: randomUUID() }))).toEqual({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    });
  });
});
