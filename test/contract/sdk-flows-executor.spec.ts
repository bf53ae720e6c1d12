import { randomUUID } from 'node:crypto';

import {
  type ChallengeTypes,
  type ConsentChallenge,
  CoreApi,
  type FlowChallengeResponseRequest,
  FlowsApi,
  ResponseError,
  StagesApi,
} from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk } from './sdk.js';

describeSdk('/flows/executor/', (sdk) => {
  /** Slug of a flow of dummy stages with these names. */
  async function flowOf(...names: string[]): Promise<string> {
    const flows = new FlowsApi(sdk().configuration());
    const stages = new StagesApi(sdk().configuration());
    const slug = `flow-${randomUUID()}`;
    const flowRequest = { name: 'Flow', slug, title: 'Hello %(user)s', designation: 'recovery' as const };
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
    for (const [order, name] of names.entries()) {
      const { pk: stage } = await stages.stagesDummyCreate({ dummyStageRequest: { name } });
      await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order } });
    }
    return slug;
  }

  const flowInfo = {
    title: 'Hello ',
    background: '/static/dist/assets/images/flow_background.jpg',
    cancelUrl: '/flows/-/cancel/',
    layout: 'stacked',
  };

  it('leads a visitor through a flow', async () => {
    const flowSlug = await flowOf('one', 'two');
    const visitor = new FlowsApi(sdk().browser());
    const one = await visitor.flowsExecutorGet({ flowSlug, query: 'next=%2Fthere' });
    expect(one).toMatchObject({ component: 'ak-stage-dummy', name: 'one', flowInfo });
    const flowChallengeResponseRequest = { component: 'ak-stage-dummy' as const };
    const two = await visitor.flowsExecutorSolve({ flowSlug, query: 'next=%2Fthere', flowChallengeResponseRequest });
    expect(two).toMatchObject({ component: 'ak-stage-dummy', name: 'two', flowInfo });
    const end = await visitor.flowsExecutorSolve({ flowSlug, query: 'next=%2Fthere', flowChallengeResponseRequest });
    expect(end).toMatchObject({ component: 'xak-flow-redirect', to: '/there' });
  });

  it('signs a visitor in with name and password after consent', async () => {
    const [flows, stages] = [new FlowsApi(sdk().configuration()), new StagesApi(sdk().configuration())];
    const users = new CoreApi(sdk().configuration());
    const { pk: id } = await users.coreUsersCreate({ userRequest: { username: 'ann', name: 'Ann' } });
    await users.coreUsersSetPasswordCreate({ id, userPasswordSetRequest: { password: 'correct horse' } });
    const flowSlug = 'sign-in';
    const flowRequest = { name: 'Flow', slug: flowSlug, title: 'Hello', designation: 'authentication' as const };
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
    const inOrder = [
      await stages.stagesIdentificationCreate({
        identificationStageRequest: { name: 'who', userFields: ['username'], pretendUserExists: false },
      }),
      await stages.stagesPasswordCreate({
        passwordStageRequest: { name: 'password', backends: ['authentik.core.auth.InbuiltBackend'] },
      }),
      await stages.stagesConsentCreate({ consentStageRequest: { name: 'consent' } }),
      await stages.stagesUserLoginCreate({ userLoginStageRequest: { name: 'in', rememberMeOffset: 'days=1' } }),
    ];
    for (const [order, { pk: stage }] of inOrder.entries()) {
      await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order } });
    }

    const browser = sdk().browser();
    const visitor = new FlowsApi(browser);
    const solve = (flowChallengeResponseRequest: FlowChallengeResponseRequest): Promise<ChallengeTypes> =>
      visitor.flowsExecutorSolve({ flowSlug, query: '', flowChallengeResponseRequest });
    expect(await visitor.flowsExecutorGet({ flowSlug, query: '' })).toMatchObject({
      component: 'ak-stage-identification',
      userFields: ['username'],
      passwordFields: false,
      flowDesignation: 'authentication',
      primaryAction: 'Log in',
    });
    expect(await solve({ component: 'ak-stage-identification', uidField: 'bob' })).toMatchObject({
      responseErrors: { non_field_errors: [{ string: 'Failed to authenticate.', code: 'invalid' }] },
    });
    expect(await solve({ component: 'ak-stage-identification', uidField: 'ANN' })).toMatchObject({
      component: 'ak-stage-password',
      pendingUser: 'ann',
    });
    expect(await solve({ component: 'ak-stage-password', password: 'wrong' })).toMatchObject({
      responseErrors: { password: [{ string: 'Invalid password', code: 'invalid' }] },
    });
    const consent = await solve({ component: 'ak-stage-password', password: 'correct horse' });
    expect(consent).toMatchObject({ component: 'ak-stage-consent', permissions: [], additionalPermissions: [] });
    const { token } = consent as ConsentChallenge;
    expect(await solve({ component: 'ak-stage-consent', token })).toMatchObject({
      component: 'ak-stage-user-login',
      pendingUser: 'ann',
    });
    expect(await solve({ component: 'ak-stage-user-login', rememberMe: true })).toMatchObject({
      component: 'xak-flow-redirect',
      to: '/',
    });
  });

  it('lets an invited visitor sign up once, with the fixed data of the invitation', async () => {
    const flowSlug = `flow-${randomUUID()}`;
    const [flows, stages] = [new FlowsApi(sdk().configuration()), new StagesApi(sdk().configuration())];
    const users = new CoreApi(sdk().configuration());
    const flowRequest = { name: 'Flow', slug: flowSlug, title: 'Welcome', designation: 'enrollment' as const };
    const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
    const field = async (fieldKey: string, order: number): Promise<string> => {
      const promptRequest = { name: randomUUID(), fieldKey, label: fieldKey, type: 'text' as const, order };
      return (await stages.stagesPromptPromptsCreate({ promptRequest })).pk;
    };
    const fields = [await field('username', 0), await field('email', 1)];
    const invited = await stages.stagesInvitationStagesCreate({ invitationStageRequest: { name: 'invited' } });
    const inOrder = [
      invited,
      await stages.stagesPromptStagesCreate({ promptStageRequest: { name: 'form', fields } }),
      await stages.stagesUserWriteCreate({
        userWriteStageRequest: { name: 'write', userCreationMode: 'always_create' },
      }),
      await stages.stagesUserLoginCreate({ userLoginStageRequest: { name: 'login' } }),
    ];
    for (const [order, { pk: stage }] of inOrder.entries()) {
      await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order } });
    }
    const invite = async (more: object = {}): Promise<string> => {
      const fixedData = { username: 'guest', email: 'guest@example.org', attributes: { team: 'blue' } };
      const invitationRequest = { name: 'for-a-guest', singleUse: true, fixedData, flow: target, ...more };
      return (await stages.stagesInvitationInvitationsCreate({ invitationRequest })).pk;
    };
    const visit = (query: string, configuration = sdk().browser()): Promise<ChallengeTypes> =>
      new FlowsApi(configuration).flowsExecutorGet({ flowSlug, query });
    const denied = { component: 'ak-stage-access-denied', errorMessage: 'Invalid invite/invite not found' };

    const expired = await invite({ expires: new Date(Date.now() - 1000) });
    for (const query of ['', `itoken=${randomUUID()}`, `itoken=${expired}`, 'itoken=none']) {
      expect(await visit(query)).toMatchObject(denied);
    }
    const query = `itoken=${await invite()}`;
    const browser = sdk().browser();
    expect(await visit(query, browser)).toMatchObject({
      component: 'ak-stage-prompt',
      fields: [{ initialValue: 'guest' }, { initialValue: 'guest@example.org' }],
    });
    const flowChallengeResponseRequest = { component: 'ak-stage-prompt' } as FlowChallengeResponseRequest;
    expect(
      await new FlowsApi(browser).flowsExecutorSolve({ flowSlug, query, flowChallengeResponseRequest }),
    ).toMatchObject({ component: 'xak-flow-redirect', to: '/' });
    expect((await new CoreApi(browser).coreUsersMeRetrieve()).user).toMatchObject({ username: 'guest' });
    const { results } = await users.coreUsersList({ username: 'guest' });
    expect(results).toMatchObject([{ email: 'guest@example.org', attributes: { team: 'blue' } }]);
    expect(await visit(query)).toMatchObject(denied);

    await stages.stagesInvitationStagesPartialUpdate({
      stageUuid: invited.pk,
      patchedInvitationStageRequest: { continueFlowWithoutInvitation: true },
    });
    for (const without of ['', query, `itoken=${expired}`]) {
      expect(await visit(without)).toMatchObject({ component: 'ak-stage-prompt', fields: [{ initialValue: '' }, {}] });
    }
  });

  it('answers 404 for an unknown flow', async () => {
    const visitor = new FlowsApi(sdk().browser());
    const error: unknown = await visitor.flowsExecutorGet({ flowSlug: 'nowhere', query: '' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ResponseError);
    expect((error as ResponseError).response.status).toBe(404);
  });
});
