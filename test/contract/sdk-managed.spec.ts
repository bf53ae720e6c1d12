import { randomUUID } from 'node:crypto';

import { type BlueprintInstance, type BlueprintInstanceRequest, ManagedApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/managed/', (sdk) => {
  const managed = (): ManagedApi => new ManagedApi(sdk().configuration());
  const content = `version: 1
metadata: {name: From a client}
entries:
  - model: authentik_flows.flow
    identifiers: {slug: from-a-client}
    attrs: {name: From a client, title: Hello, designation: recovery}
`;
  const create = (request: Partial<BlueprintInstanceRequest> = {}): Promise<BlueprintInstance> =>
    managed().managedBlueprintsCreate({
      blueprintInstanceRequest: { name: `blueprint-${randomUUID()}`, content, ...request },
    });

  it('creates, retrieves, changes, lists and deletes', async () => {
    const blueprint = await create();
    expect(blueprint).toMatchObject({
      path: '',
      enabled: true,
      status: 'unknown',
      lastAppliedHash: '',
      managedModels: [],
    });
    const instanceUuid = blueprint.pk;
    expect(await managed().managedBlueprintsRetrieve({ instanceUuid })).toEqual(blueprint);
    const path = 'default-recovery-flow.yaml';
    const request = { name: blueprint.name, path };
    expect(await managed().managedBlueprintsUpdate({ instanceUuid, blueprintInstanceRequest: request })).toEqual({
      ...blueprint,
      path,
    });
    const patchedBlueprintInstanceRequest = { enabled: false };
    expect(
      await managed().managedBlueprintsPartialUpdate({ instanceUuid, patchedBlueprintInstanceRequest }),
    ).toMatchObject({ enabled: false });
    const { results } = await managed().managedBlueprintsList({
      name: blueprint.name,
      path,
      search: blueprint.name,
      ordering: '-name',
    });
    expect(results.map(({ pk }) => pk)).toEqual([instanceUuid]);
    expect(await managed().managedBlueprintsUsedByList({ instanceUuid })).toEqual([]);
    await managed().managedBlueprintsDestroy({ instanceUuid });
    expect((await refusal(managed().managedBlueprintsRetrieve({ instanceUuid }))).status).toBe(404);
  });

  it('applies', async () => {
    const { pk: instanceUuid } = await create();
    expect(await managed().managedBlueprintsApplyCreate({ instanceUuid })).toMatchObject({
      status: 'successful',
      metadata: { name: 'From a client', labels: {} },
      managedModels: ['authentik_flows.flow'],
    });
  });

  it('lists the available files', async () => {
    const files = await managed().managedBlueprintsAvailableList();
    expect(files).toContainEqual({
      path: 'default-recovery-flow.yaml',
      lastM: expect.any(Date),
      hash: expect.any(String),
      meta: { name: 'Default recovery flow', labels: {} },
    });
  });

  it('answers 400 for a text that is not a blueprint', async () => {
    expect(await refusal(create({ content: 'version: 3\nentries: []' }))).toEqual({
      status: 400,
      body: { content: ['Failed to validate blueprint', 'Invalid blueprint version'] },
    });
  });
});
