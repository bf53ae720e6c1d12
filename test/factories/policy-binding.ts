import type { PolicyBindingDto, PolicyBindingRequestDto } from '../../src/policies/dto/policy-binding.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a policy binding over the API. */
export function createPolicyBinding(
  api: ApiClient,
  fields: Partial<PolicyBindingRequestDto> & { target: string },
): Promise<PolicyBindingDto> {
  return created(api.post('/policies/bindings/', { order: 0, ...fields }));
}
