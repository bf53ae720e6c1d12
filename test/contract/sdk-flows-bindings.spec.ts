import { randomUUID } from 'node:crypto';

import { type EmailStage, type Flow, type FlowStageBinding, FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/flows/bindings/', (sdk) => {
  const flows = (key?: string | null): FlowsApi => new FlowsApi(sdk().configuration(key));
  const flow = (): Promise<Flow> => {
    const slug = `flow-${randomUUID()}`;
    return flows().flowsInstancesCreate({ flowRequest: { name: slug, slug, title: slug, designation: 'recovery' } });
  };
  const stage = (): Promise<EmailStage> =>
    new StagesApi(sdk().configuration()).stagesEmailCreate({ emailStageRequest: { name: `mail-${randomUUID()}` } });
  const bind = async (request: object = {}): Promise<FlowStageBinding> => {
    const { pk: target } = await flow();
    const { pk } = await stage();
    return flows().flowsBindingsCreate({ flowStageBindingRequest: { target, stage: pk, order: 0, ...request } });
  };
  const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  it('creates with authentik’s defaults, and returns the stage', async () => {
    const [target, bound] = [await flow(), await stage()];
    const binding = await bind({ target: target.pk, stage: bound.pk, order: 10 });
    expect(binding).toEqual({
      pk: uuid,
      policybindingmodelPtrId: uuid,
      target: target.pk,
      stage: bound.pk,
      stageObj: {
        pk: bound.pk,
        name: bound.name,
        component: 'ak-stage-email-form',
        verboseName: 'Email Stage',
        verboseNamePlural: 'Email Stages',
        metaModelName: 'authentik_stages_email.emailstage',
        flowSet: [expect.objectContaining({ pk: target.pk, slug: target.slug })],
      },
      evaluateOnPlan: false,
      reEvaluatePolicies: true,
      order: 10,
      policyEngineMode: 'any',
      invalidResponseAction: 'retry',
    });
    expect(binding.policybindingmodelPtrId).not.toBe(binding.pk);
  });

  it('creates with every field', async () => {
    const settings = {
      evaluateOnPlan: true,
      reEvaluatePolicies: false,
      order: -1,
      policyEngineMode: 'all',
      invalidResponseAction: 'restart_with_context',
    };
    expect(await bind(settings)).toMatchObject(settings);
  });

  it('answers 400 for missing fields, broken references and duplicates', async () => {
    const missing = ['This field is required.'];
    expect(await refusal(flows().flowsBindingsCreate({ flowStageBindingRequest: {} as never }))).toEqual({
      status: 400,
      body: { target: missing, stage: missing, order: missing },
    });
    const nothing = randomUUID();
    expect(await refusal(bind({ target: nothing, stage: 'x' }))).toEqual({
      status: 400,
      body: {
        target: [`Invalid pk "${nothing}" - object does not exist.`],
        stage: ['“x” is not a valid UUID.'],
      },
    });
    const { target, stage: bound, order } = await bind();
    expect(await refusal(bind({ target, stage: bound, order }))).toEqual({
      status: 400,
      body: { non_field_errors: ['The fields target, stage, order must make a unique set.'] },
    });
    expect(await refusal(bind({ reEvaluatePolicies: false }))).toEqual({
      status: 400,
      body: { non_field_errors: ['Either evaluation on plan or evaluation on run must be enabled'] },
    });
  });

  it('retrieves the created object', async () => {
    const binding = await bind();
    expect(await flows().flowsBindingsRetrieve({ fsbUuid: binding.pk })).toEqual(binding);
  });

  it('answers 404 for an unknown binding in every operation', async () => {
    const fsbUuid = randomUUID();
    const flowStageBindingRequest = { target: randomUUID(), stage: randomUUID(), order: 0 };
    const calls = [
      flows().flowsBindingsRetrieve({ fsbUuid }),
      flows().flowsBindingsUpdate({ fsbUuid, flowStageBindingRequest }),
      flows().flowsBindingsPartialUpdate({ fsbUuid }),
      flows().flowsBindingsDestroy({ fsbUuid }),
      flows().flowsBindingsUsedByList({ fsbUuid }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT', async () => {
    const binding = await bind({ invalidResponseAction: 'restart' });
    const { pk: fsbUuid, target, stage: bound } = binding;
    const flowStageBindingRequest = { target, stage: bound, order: 7 };
    const changed = { ...binding, order: 7 };
    expect(await flows().flowsBindingsUpdate({ fsbUuid, flowStageBindingRequest })).toEqual(changed);
    expect(await refusal(flows().flowsBindingsUpdate({ fsbUuid, flowStageBindingRequest: {} as never }))).toMatchObject(
      {
        status: 400,
      },
    );
  });

  it('changes one field with PATCH', async () => {
    const binding = await bind();
    const patch = (patchedFlowStageBindingRequest: object): Promise<FlowStageBinding> =>
      flows().flowsBindingsPartialUpdate({ fsbUuid: binding.pk, patchedFlowStageBindingRequest });
    expect(await patch({ order: 3 })).toEqual({ ...binding, order: 3 });
    expect(await refusal(patch({ order: 'x' }))).toEqual({
      status: 400,
      body: { order: ['A valid integer is required.'] },
    });
  });

  it('deletes a binding but not its flow and stage, and answers 404 the second time', async () => {
    const { pk: fsbUuid, stage: stageUuid } = await bind();
    await flows().flowsBindingsDestroy({ fsbUuid });
    expect((await refusal(flows().flowsBindingsDestroy({ fsbUuid }))).status).toBe(404);
    expect(await new StagesApi(sdk().configuration()).stagesEmailRetrieve({ stageUuid })).toMatchObject({
      flowSet: [],
    });
  });

  it('paginates the bindings of a flow in their order', async () => {
    const { pk: target } = await flow();
    for (const order of [20, 0, 10]) await bind({ target, order });
    const { results } = await flows().flowsBindingsList({ target });
    expect(results.map(({ order }) => order)).toEqual([0, 10, 20]);
    const last = await flows().flowsBindingsList({ target, ordering: '-order', page: 2, pageSize: 2 });
    expect(last.results.map(({ order }) => order)).toEqual([0]);
    expect(last.pagination).toEqual({
      next: 0,
      previous: 1,
      count: 3,
      current: 2,
      totalPages: 2,
      startIndex: 3,
      endIndex: 3,
    });
  });

  it('filters a list by every filter', async () => {
    const settings = {
      evaluateOnPlan: true,
      reEvaluatePolicies: false,
      order: 99,
      policyEngineMode: 'all',
      invalidResponseAction: 'restart',
    };
    const wanted = await bind(settings);
    const other = await bind();
    const { target, stage: bound, pk: fsbUuid, policybindingmodelPtrId: pbmUuid, stageObj } = wanted;
    const filters = { ...settings, target, stage: bound, fsbUuid, pbmUuid, search: stageObj.name };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await flows().flowsBindingsList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const policy = randomUUID();
    expect(await refusal(flows().flowsBindingsList({ policies: [policy], target: policy, fsbUuid: 'x' }))).toEqual({
      status: 400,
      body: {
        target: ['Select a valid choice. That choice is not one of the available choices.'],
        policies: [`Select a valid choice. ${policy} is not one of the available choices.`],
        fsb_uuid: ['Enter a valid UUID.'],
      },
    });
  });

  it('lists no object that uses a binding', async () => {
    const { pk: fsbUuid } = await bind();
    expect(await flows().flowsBindingsUsedByList({ fsbUuid })).toEqual([]);
  });

  it('answers 403 without credentials', async () => {
    expect(await refusal(flows(null).flowsBindingsList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
    expect(await refusal(flows(null).flowsBindingsRetrieve({ fsbUuid: randomUUID() }))).toEqual({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    });
  });
});
