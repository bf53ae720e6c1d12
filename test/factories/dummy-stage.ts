import { randomUUID } from 'node:crypto';

import type { DummyStageFields } from '../../src/stages/dummy/dto/dummy-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a dummy stage over the API, with a unique name. */
export function createDummyStage(api: ApiClient, fields: Partial<DummyStageFields> = {}): Promise<DummyStageFields> {
  return created(api.post('/stages/dummy/', { name: `dummy-${randomUUID()}`, ...fields }));
}
