import type { IdentificationStageFields } from '../../src/stages/identification/dto/identification-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createFlowWith } from './flow-with.js';
import { createStage } from './stage.js';

/**
 * Creates a flow with identification and password, in one step or two.
 *
 * @param stage fields of the identification stage
 * @returns its slug
 */
export async function createPasswordFlow(
  api: ApiClient,
  isOneStep: boolean,
  stage: Partial<IdentificationStageFields> = {},
): Promise<string> {
  const { pk: password } = await createStage(api, 'password', { failed_attempts_before_cancel: 1000 });
  const how = isOneStep ? { password_stage: password } : { show_matched_user: false };
  const { pk: name } = await createStage(api, 'identification', { ...how, ...stage });
  return (await createFlowWith(api, isOneStep ? [name] : [name, password])).flow.slug;
}
