import { randomUUID } from 'node:crypto';

import type { NewVerification, VerificationDto } from '../../src/verifications/dto/verification.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Starts a verification over the API, of a new address unless one is given. */
export function createVerification(api: ApiClient, fields: Partial<NewVerification> = {}): Promise<VerificationDto> {
  return created(api.post('/verifications/', { email: `${randomUUID()}@example.org`, ...fields }));
}
