import type { FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { IdentificationStageFields } from '../../src/stages/identification/dto/identification-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createFlowWith } from './flow-with.js';
import { createStage } from './stage.js';

/** Creates a sign-in flow with name and password over the API. @returns its slug */
export async function createSignInFlow(
  api: ApiClient,
  fields: Partial<FlowRequestDto> = {},
  identification: Partial<IdentificationStageFields> = {},
): Promise<string> {
  const { pk: password_stage } = await createStage(api, 'password');
  const { pk: identify } = await createStage(api, 'identification', { password_stage, ...identification });
  const { pk: login } = await createStage(api, 'user_login');
  const { flow } = await createFlowWith(api, [identify, login], { title: 'Welcome back', ...fields });
  return flow.slug;
}
