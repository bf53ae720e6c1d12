import { randomUUID } from 'node:crypto';

import { FlowsApi, ResponseError, StagesApi } from '@goauthentik/api';
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

  it('knows no flow that there is not', async () => {
    const visitor = new FlowsApi(sdk().browser());
    const error: unknown = await visitor.flowsExecutorGet({ flowSlug: 'nowhere', query: '' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ResponseError);
    expect((error as ResponseError).response.status).toBe(404);
  });
});
