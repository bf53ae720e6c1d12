import type { FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createDummyStage } from './dummy-stage.js';
import { createFlowWith, type FlowWithStages } from './flow-with.js';

/** Creates a flow with `count` dummy stages over the API. */
export async function createDummyFlow(
  api: ApiClient,
  count: number,
  fields: Partial<FlowRequestDto> = {},
): Promise<FlowWithStages & { readonly slug: string; readonly names: readonly string[] }> {
  const stages = await Promise.all(Array.from({ length: count }, () => createDummyStage(api)));
  const keys = stages.map(({ pk }) => pk);
  const created = await createFlowWith(api, keys, fields);
  return { ...created, slug: created.flow.slug, names: stages.map(({ name }) => name) };
}
