import { randomUUID } from 'node:crypto';

import type { ExpressionPolicyDto } from '../../src/policies/expression/dto/expression-policy.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates an expression policy over the API, with a name of its own. */
export function createExpressionPolicy(
  api: ApiClient,
  fields: Partial<ExpressionPolicyDto> = {},
): Promise<ExpressionPolicyDto> {
  const needed = { name: `policy-${randomUUID()}`, expression: 'return True' };
  return created(api.post('/policies/expression/', { ...needed, ...fields }));
}
