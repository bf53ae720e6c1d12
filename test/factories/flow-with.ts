import { randomUUID } from 'node:crypto';

import type { FlowStageBindingDto, FlowStageBindingRequestDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import type { FlowDto, FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createBinding } from './binding.js';
import { createFlow } from './flow.js';

/** A flow with its stage bindings, in order. */
export interface FlowWithStages {
  readonly flow: FlowDto;
  readonly bindings: FlowStageBindingDto[];
}

/**
 * Creates a flow with these stages, in order, over the API.
 *
 * @param stages keys of stages, or fields of their bindings
 */
export async function createFlowWith(
  api: ApiClient,
  stages: readonly (string | Partial<FlowStageBindingRequestDto>)[],
  fields: Partial<FlowRequestDto> = {},
): Promise<FlowWithStages> {
  const flow = await createFlow(api, { slug: `flow-${randomUUID()}`, ...fields });
  const bindings: FlowStageBindingDto[] = [];
  for (const [order, stage] of stages.entries()) {
    const binding = typeof stage === 'string' ? { stage } : stage;
    bindings.push(await createBinding(api, { target: flow.pk, order, ...binding }));
  }
  return { flow, bindings };
}
