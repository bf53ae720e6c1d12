import type { FormLayout } from '../parts/form/resource-form';
import { emailLayout } from './email-layout';
import type { StageKind } from './kinds';

/** Essential fields of kinds, where the required ones are not enough. */
const layouts: Readonly<Record<string, FormLayout>> = {
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
  user_write: { first: ['name', 'user_creation_mode', 'create_users_as_inactive', 'create_users_group', 'user_type'] },
};

const plain: FormLayout = {};

/** Returns the layout of the form for a kind. Kinds without one have the required fields first. */
export function layoutOf({ name }: StageKind): FormLayout {
  return layouts[name] ?? plain;
}
