import { randomUUID } from 'node:crypto';

import type { PasswordPolicyDto } from '../../src/policies/password/dto/password-policy.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a password policy over the API, with a unique name. */
export function createPasswordPolicy(
  api: ApiClient,
  fields: Partial<PasswordPolicyDto> = {},
): Promise<PasswordPolicyDto> {
  return created(api.post('/policies/password/', { name: `policy-${randomUUID()}`, ...fields }));
}
