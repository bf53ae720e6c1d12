import type { StageDto } from '../../src/flows/dto/stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/**
 * Creates a stage of every kind through the API, with settings other than the defaults.
 *
 * @param flow key of the flow that stages refer to
 */
export async function createStages(api: ApiClient, flow: string): Promise<Map<string, StageDto>> {
  const stages = new Map<string, StageDto>();
  const create = async (kind: string, path: string, fields: object): Promise<string> => {
    const stage = await created<StageDto>(api.post(`/stages/${path}/`, { name: `one ${kind}`, ...fields }));
    stages.set(kind, stage);
    return stage.pk;
  };
  const prompt = async (name: string, fields: object): Promise<string> => {
    const request = { name, field_key: name, label: name, type: 'text', required: false, order: 1, ...fields };
    return (await created<{ pk: string }>(api.post('/stages/prompt/prompts/', request))).pk;
  };
  const fields = [
    await prompt('z name', { placeholder: 'Your name', sub_text: 'As in your passport', order: 0 }),
    await prompt('a password', { type: 'password', required: true, order: 300, initial_value: 'yes: no' }),
  ];
  await create('prompt', 'prompt/stages', { fields });
  await create('dummy', 'dummy', { throw_error: true });
  await create('deny', 'deny', { deny_message: 'Sign-up is closed.\nCome back later.' });
  await create('consent', 'consent', { mode: 'expiring', consent_expire_in: 'days=3' });
  await create('invitation', 'invitation/stages', { continue_flow_without_invitation: true });
  await create('redirect', 'redirect', { mode: 'flow', target_flow: flow, keep_context: false });
  await create('user_delete', 'user_delete', {});
  await create('user_logout', 'user_logout', {});
  await create('user_login', 'user_login', { session_duration: 'hours=8', terminate_other_sessions: true });
  await create('user_write', 'user_write', { user_creation_mode: 'always_create', user_path_template: 'new' });
  const backends = ['authentik.core.auth.InbuiltBackend'];
  const password_stage = await create('password', 'password', { backends, allow_show_password: true });
  const user_fields = ['email', 'username'];
  await create('identification', 'identification', { user_fields, password_stage, recovery_flow: flow });
  await create('email', 'email', { use_tls: true, username: 'mailer', password: 'never-told', subject: 'Yes: “no”' });
  return stages;
}
