import { api, contentOf, type Schema } from '../api/client';
import type { Family } from '../kinds/family';
import { emailLayout } from './email-layout';

/** The stages of all kinds. */
export const stageFamily: Family<Schema<'Stage'>> = {
  one: 'stage',
  all: 'stages',
  nested: ['invitation', 'prompt'],
  layouts: {
    email: emailLayout,
    identification: {
      first: ['name', 'user_fields', 'password_stage', 'enrollment_flow', 'recovery_flow', 'pretend_user_exists'],
    },
    password: { first: ['name', 'backends', 'failed_attempts_before_cancel', 'configure_flow'] },
    prompt: { first: ['name', 'fields', 'validation_policies'] },
    redirect: {
      first: ['name', 'mode', 'target_static', 'target_flow', 'keep_context'],
      only: {
        target_static: ({ mode }) => mode !== 'flow',
        target_flow: ({ mode }) => mode === 'flow',
        keep_context: ({ mode }) => mode === 'flow',
      },
    },
    user_login: { first: ['name', 'session_duration', 'remember_me_offset'] },
    user_write: {
      first: ['name', 'user_creation_mode', 'create_users_as_inactive', 'create_users_group', 'user_type'],
    },
  },
  list: (query) => contentOf(api.GET('/stages/all/', { params: { query } })),
  get: (pk) => contentOf(api.GET('/stages/all/{stage_uuid}/', { params: { path: { stage_uuid: pk } } })),
};
