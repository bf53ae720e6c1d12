import type { EmailStageRequestDto } from '../../src/stages/email/dto/email-stage.dto.js';
import type { PromptRequestDto } from '../../src/stages/prompt/dto/prompt.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createEmailStage } from './email-stage.js';
import { createFlowWith } from './flow-with.js';
import { createPromptStage } from './prompt.js';
import { createStage } from './stage.js';

const passwords = [
  { field_key: 'password', label: 'Password', type: 'password' },
  { field_key: 'password_repeat', label: 'Password (repeat)', type: 'password' },
] as const;

/** Creates authentik's example of a recovery flow: identification, email, new password, sign-in. @returns its slug */
export async function createRecoveryFlow(api: ApiClient, email: Partial<EmailStageRequestDto>): Promise<string> {
  const stages = [
    await createStage(api, 'identification'),
    await createEmailStage(api, { host: '127.0.0.1', activate_user_on_success: true, ...email }),
    await createPromptStage(api, passwords),
    await createStage(api, 'user_write', { user_creation_mode: 'never_create' }),
    await createStage(api, 'user_login'),
  ];
  return flowOf(api, stages, 'recovery');
}

/** Creates authentik's example of a sign-up flow: name and password, address, email, sign-in. @returns its slug */
export async function createEnrollmentFlow(api: ApiClient, email: Partial<EmailStageRequestDto>): Promise<string> {
  const stages = [
    await createPromptStage(api, [{ field_key: 'username', label: 'Username', type: 'username' }, ...passwords]),
    await createPromptStage(api, [
      { field_key: 'name', label: 'Name', type: 'text' },
      { field_key: 'email', label: 'Email', type: 'email' },
    ]),
    await createStage(api, 'user_write', { user_creation_mode: 'always_create', create_users_as_inactive: true }),
    await createEmailStage(api, {
      host: '127.0.0.1',
      template: 'email/account_confirmation.html',
      activate_user_on_success: true,
      ...email,
    }),
    await createStage(api, 'user_login'),
  ];
  return flowOf(api, stages, 'enrollment');
}

/**
 * Creates a flow in which signed-in users change their address: a form, a mail to the new address, user write.
 *
 * @param more further fields of the form
 * @returns its slug
 */
export async function createAddressFlow(
  api: ApiClient,
  email: Partial<EmailStageRequestDto>,
  more: readonly Partial<PromptRequestDto>[] = [],
): Promise<string> {
  const stages = [
    await createPromptStage(api, [{ field_key: 'email', label: 'Email', type: 'email' }, ...more]),
    await createEmailStage(api, { host: '127.0.0.1', ...email }),
    await createStage(api, 'user_write', { user_creation_mode: 'never_create' }),
    await createStage(api, 'user_login'),
  ];
  const { flow } = await createFlowWith(
    api,
    stages.map(({ pk }) => pk),
    { designation: 'stage_configuration' },
  );
  return flow.slug;
}

async function flowOf(
  api: ApiClient,
  stages: readonly { pk: string }[],
  designation: 'recovery' | 'enrollment',
): Promise<string> {
  const keys = stages.map(({ pk }) => pk);
  const { flow } = await createFlowWith(api, keys, { designation, authentication: 'require_unauthenticated' });
  return flow.slug;
}
