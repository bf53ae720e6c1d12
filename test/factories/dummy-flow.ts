import type { FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createDummyStage } from './dummy-stage.js';
import { createFlowWith, type FlowWithStages } from './flow-with.js';

/** Creates a flow of so many dummy stages over the API. */
export async function createDummyFlow(
  api: ApiClient,
  count: number,
  fields: Partial<FlowRequestDto> = {},
): Promise<FlowWithStages & { readonly slug: string; readonly names: readonly string[] }> {
  const stages = await Promise.all(Array.from({ length: count }, () => createDummyStage(api)));
  const keys = stages.map(({ pk }) => pk);
  const made = await createFlowWith(api, keys, fields);
  return { ...made, slug: made.flow.slug, names: stages.map(({ name }) => name) };
}
