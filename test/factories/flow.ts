import { randomUUID } from 'node:crypto';

import type { FlowDto, FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Returns the required fields of a flow, with a unique slug. */
export function flowFields(fields: Partial<FlowRequestDto> = {}): Partial<FlowRequestDto> {
  return { name: 'Flow', slug: `flow-${randomUUID()}`, title: 'Title', designation: 'recovery', ...fields };
}

/** Creates a flow over the API. */
export function createFlow(api: ApiClient, fields: Partial<FlowRequestDto> = {}): Promise<FlowDto> {
  return created(api.post('/flows/instances/', flowFields(fields)));
}
