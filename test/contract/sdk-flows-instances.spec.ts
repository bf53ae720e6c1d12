import { randomUUID } from 'node:crypto';

import { type Flow, type FlowRequest, FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { images } from '../factories/image.js';
import { describeSdk, refusal } from './sdk.js';

describeSdk('/flows/instances/', (sdk) => {
  const flows = (key?: string | null): FlowsApi => new FlowsApi(sdk().configuration(key));
  const create = (request: Partial<FlowRequest> = {}): Promise<Flow> => {
    const slug = `flow-${randomUUID()}`;
    return flows().flowsInstancesCreate({
      flowRequest: { name: slug, slug, title: 'Hello', designation: 'authentication', ...request },
    });
  };

  const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const required = { name: 'Recovery', slug: 'recovery', title: 'Get back in', designation: 'recovery' } as const;
  const defaults = {
    background: '/static/dist/assets/images/flow_background.jpg',
    stages: [],
    policies: [],
    cacheCount: 0,
    policyEngineMode: 'any',
    compatibilityMode: false,
    layout: 'stacked',
    deniedAction: 'message_continue',
    authentication: 'none',
  };
  const others = {
    policyEngineMode: 'all',
    compatibilityMode: true,
    layout: 'sidebar_left',
    deniedAction: 'continue',
    authentication: 'require_unauthenticated',
  } as const;

  it('creates with authentik’s defaults', async () => {
    const flow = await create(required);
    expect(flow).toEqual({
      ...defaults,
      ...required,
      pk: uuid,
      policybindingmodelPtrId: uuid,
      exportUrl: '/api/v3/flows/instances/recovery/export/',
    });
    expect(flow.policybindingmodelPtrId).not.toBe(flow.pk);
  });

  it('creates with every field', async () => {
    expect(await create(others)).toMatchObject(others);
  });

  it('answers 400 for missing fields', async () => {
    const missing = ['This field is required.'];
    expect(await refusal(flows().flowsInstancesCreate({ flowRequest: {} as FlowRequest }))).toEqual({
      status: 400,
      body: { name: missing, slug: missing, title: missing, designation: missing },
    });
  });

  it('answers 400 for invalid values and a slug that is taken', async () => {
    const { slug } = await create();
    const designation = 'party' as 'recovery';
    expect(await refusal(create({ slug, designation, layout: 'round' as 'stacked' }))).toEqual({
      status: 400,
      body: {
        slug: ['Flow with this slug already exists.'],
        designation: ['"party" is not a valid choice.'],
        layout: ['"round" is not a valid choice.'],
      },
    });
  });

  it('retrieves one by its slug, with its stages', async () => {
    const flow = await create();
    expect(await flows().flowsInstancesRetrieve({ slug: flow.slug })).toEqual(flow);
    const { pk: stage } = await new StagesApi(sdk().configuration()).stagesEmailCreate({
      emailStageRequest: { name: `mail-${randomUUID()}` },
    });
    await flows().flowsBindingsCreate({ flowStageBindingRequest: { target: flow.pk, stage, order: 1 } });
    expect(await flows().flowsInstancesRetrieve({ slug: flow.slug })).toEqual({ ...flow, stages: [stage] });
  });

  it('answers 404 for an unknown flow in every operation', async () => {
    const { pk } = await create();
    const calls = [
      flows().flowsInstancesRetrieve({ slug: 'nowhere' }),
      flows().flowsInstancesRetrieve({ slug: pk }),
      flows().flowsInstancesUpdate({ slug: 'nowhere', flowRequest: required }),
      flows().flowsInstancesPartialUpdate({ slug: 'nowhere' }),
      flows().flowsInstancesDestroy({ slug: 'nowhere' }),
      flows().flowsInstancesUsedByList({ slug: 'nowhere' }),
    ];
    const notFound = { status: 404, body: { detail: 'Not found.' } };
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => notFound));
  });

  it('changes only the sent fields with PUT', async () => {
    const flow = await create(others);
    const flowRequest = { name: 'New', slug: 'new', title: 'New title', designation: 'invalidation' } as const;
    expect(await flows().flowsInstancesUpdate({ slug: flow.slug, flowRequest })).toEqual({
      ...flow,
      ...flowRequest,
      exportUrl: '/api/v3/flows/instances/new/export/',
    });
    const missing = ['This field is required.'];
    expect(await refusal(flows().flowsInstancesUpdate({ slug: 'new', flowRequest: { name: 'x' } as never }))).toEqual({
      status: 400,
      body: { slug: missing, title: missing, designation: missing },
    });
  });

  it('is found by its new slug after a change', async () => {
    const { slug } = await create();
    const { pk } = await flows().flowsInstancesPartialUpdate({ slug, patchedFlowRequest: { slug: 'moved' } });
    expect(await flows().flowsInstancesRetrieve({ slug: 'moved' })).toMatchObject({ pk, name: slug });
    expect((await refusal(flows().flowsInstancesRetrieve({ slug }))).status).toBe(404);
    expect(
      await refusal(flows().flowsInstancesPartialUpdate({ slug: 'moved', patchedFlowRequest: { slug: 'a b' } })),
    ).toEqual({
      status: 400,
      body: { slug: ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'] },
    });
  });

  it('deletes, and answers 404 the second time', async () => {
    const { slug } = await create();
    await flows().flowsInstancesDestroy({ slug });
    expect((await refusal(flows().flowsInstancesDestroy({ slug }))).status).toBe(404);
  });

  it('filters, searches and paginates a list', async () => {
    const settings = {
      name: 'Leaving',
      slug: 'leaving',
      designation: 'unenrollment',
      deniedAction: 'message',
    } as const;
    const wanted = await create(settings);
    const other = await create();
    const filters = { ...settings, flowUuid: wanted.pk, search: 'leavi' };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await flows().flowsInstancesList({ [name]: value });
      const pks = results.map(({ pk }) => pk);
      expect([name, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([name, true, false]);
    }
    const { results, pagination } = await flows().flowsInstancesList({ ...filters, ordering: 'slug', pageSize: 1 });
    expect(results).toEqual([wanted]);
    expect(pagination).toMatchObject({ count: 1, next: 0, totalPages: 1 });
    expect(await refusal(flows().flowsInstancesList({ ...filters, page: 2, pageSize: 1 }))).toEqual({
      status: 404,
      body: { detail: 'Invalid page.' },
    });
    expect(await refusal(flows().flowsInstancesList({ designation: 'x' as never, flowUuid: 'y' }))).toEqual({
      status: 400,
      body: {
        flow_uuid: ['Enter a valid UUID.'],
        designation: ['Select a valid choice. x is not one of the available choices.'],
      },
    });
  });

  it('lists the objects that use a flow', async () => {
    const { slug } = await create();
    expect(await flows().flowsInstancesUsedByList({ slug })).toEqual([]);
  });

  it('returns the page of a flow', async () => {
    const { slug } = await create();
    const { link } = await flows().flowsInstancesExecuteRetrieve({ slug });
    expect(link).toMatch(new RegExp(`^http.*/if/flow/${slug}/$`));
  });

  it('reports an empty cache', async () => {
    expect(await flows().flowsInstancesCacheInfoRetrieve()).toEqual({ count: 0 });
    await flows().flowsInstancesCacheClearCreate();
  });

  it('sets the background: a file, an address, none', async () => {
    const { slug } = await create();
    const background = async (): Promise<string> => (await flows().flowsInstancesRetrieve({ slug })).background;
    await flows().flowsInstancesSetBackgroundCreate({ slug, file: new Blob([new Uint8Array(images.png)]) });
    expect(await background()).toMatch(/^\/media\/public\/flow-backgrounds\/\w+\.png$/);
    const url = 'https://goauthentik.io/img/icon.png';
    await flows().flowsInstancesSetBackgroundUrlCreate({ slug, filePathRequest: { url } });
    expect(await background()).toBe(url);
    await flows().flowsInstancesSetBackgroundCreate({ slug, clear: true });
    expect(await background()).toBe(defaults.background);
    expect(await refusal(flows().flowsInstancesSetBackgroundCreate({ slug }))).toEqual({
      status: 400,
      body: undefined,
    });
  });

  it('returns the diagram of a flow', async () => {
    const { slug, pk: target } = await create({ name: 'Drawn' });
    const { pk: stage } = await new StagesApi(sdk().configuration()).stagesEmailCreate({
      emailStageRequest: { name: 'drawn-mail' },
    });
    await flows().flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order: 1 } });
    expect(await flows().flowsInstancesDiagramRetrieve({ slug })).toEqual({
      diagram:
        'graph TD\nflow_start[["Flow\nDrawn"]]\n--> stage_0(["Stage (Email Stage)\ndrawn-mail"])\n' +
        'stage_0 --> done[["End of the flow"]]',
    });
  });

  it('exports and imports', async () => {
    const { slug } = await create({ title: 'Exported' });
    const file = await flows().flowsInstancesExportRetrieve({ slug });
    await flows().flowsInstancesDestroy({ slug });
    expect(await flows().flowsInstancesImportCreate({ file })).toEqual({
      success: true,
      logs: [
        {
          timestamp: expect.any(Date),
          logLevel: 'info',
          logger: 'authentik.blueprints.v1.importer',
          event: 'created',
          attributes: expect.objectContaining({ entry: 1, model: 'authentik_flows.flow' }),
        },
      ],
    });
    expect(await flows().flowsInstancesRetrieve({ slug })).toMatchObject({ title: 'Exported' });
    expect(await flows().flowsInstancesImportCreate({ file: new Blob(['version: 3\nentries: []']) })).toMatchObject({
      success: false,
      logs: [{ logLevel: 'warning', event: 'Invalid blueprint version', attributes: {} }],
    });
    expect(await refusal(flows().flowsInstancesImportCreate())).toEqual({
      status: 400,
      body: { logs: [], success: false },
    });
  });

  it('answers 403 without credentials and 404 for unknown keys', async () => {
    expect(await refusal(flows(null).flowsInstancesList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
    expect(await refusal(flows('no-such-key').flowsInstancesList())).toEqual({
      status: 403,
      body: { detail: 'Token invalid/expired' },
    });
  });
});
