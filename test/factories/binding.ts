import type { FlowStageBindingDto, FlowStageBindingRequestDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';
import { createEmailStage } from './email-stage.js';
import { createFlow } from './flow.js';

/** Creates a binding over the API, with a new flow and stage unless given. */
export async function createBinding(
  api: ApiClient,
  fields: Partial<FlowStageBindingRequestDto> = {},
): Promise<FlowStageBindingDto> {
  const target = fields.target ?? (await createFlow(api)).pk;
  const stage = fields.stage ?? (await createEmailStage(api)).pk;
  return created(api.post('/flows/bindings/', { order: 0, ...fields, target, stage }));
}
