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

/** As authentik's example: who are you, is the mailbox yours, a new password, signed in. @returns the slug */
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

/** As authentik's example: name and password, address, is the mailbox yours, signed in. @returns the slug */
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
 * A flow in which signed-in users change their address and other fields: a form, a mail to the new address, written.
 *
 * @param more fields of the form
 * @returns the slug
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
