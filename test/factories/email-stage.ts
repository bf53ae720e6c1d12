import { randomUUID } from 'node:crypto';

import type { EmailStageDto, EmailStageRequestDto } from '../../src/stages/email/dto/email-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates an email stage over the API, with a unique name. */
export function createEmailStage(api: ApiClient, fields: Partial<EmailStageRequestDto> = {}): Promise<EmailStageDto> {
  return created(api.post('/stages/email/', { name: `stage-${randomUUID()}`, ...fields }));
}
