import { FlowsApi, type ResponseError } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { adminKey } from '../support/test-app.js';
import { describeSdk } from './sdk.js';

describeSdk('/flows/inspector/', (sdk) => {
  it('returns the history of the session and its next stage', async () => {
    const { api } = sdk().app;
    const [one, two] = [await createDummyStage(api), await createDummyStage(api)];
    const { flow, bindings } = await createFlowWith(api, [one.pk, two.pk]);
    const flowSlug = flow.slug;
    const browser = new FlowsApi(sdk().browser(adminKey));
    await browser.flowsExecutorGet({ flowSlug, query: '' });

    const first = await browser.flowsInspectorGet({ flowSlug });
    expect(first).toMatchObject({ plans: [], isCompleted: false });
    expect(first.currentPlan).toMatchObject({ planContext: {}, sessionId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(first.currentPlan?.currentStage.pk).toBe(bindings[0]?.pk);
    expect(first.currentPlan?.nextPlannedStage.stageObj.name).toBe(two.name);

    await browser.flowsExecutorSolve({ flowSlug, query: '' });
    await browser.flowsExecutorSolve({ flowSlug, query: '' });
    const last = await browser.flowsInspectorGet({ flowSlug });
    expect(last.isCompleted).toBe(true);
    expect(last.plans.map(({ currentStage }) => currentStage.pk)).toEqual(bindings.map(({ pk }) => pk));
    expect(last.currentPlan?.currentStage.pk).toBe(bindings[1]?.pk);
    expect(last.currentPlan?.nextPlannedStage).toBeUndefined();
  });

  it('answers 400 to a visitor who has not started the flow', async () => {
    const { flow } = await createFlowWith(sdk().app.api, []);
    const browser = new FlowsApi(sdk().browser(adminKey));
    const error: unknown = await browser.flowsInspectorGet({ flowSlug: flow.slug }).catch((reason: unknown) => reason);
    expect((error as ResponseError).response.status).toBe(400);
  });
});
