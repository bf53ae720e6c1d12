import type { FullChallenge } from '../../src/flow-execution/executor-outcome.js';
import { message } from '../../src/rest/messages/messages.js';

const info = {
  title: 'Reset your password',
  background: '/static/dist/assets/images/flow_background.jpg',
  cancel_url: '/flows/-/cancel/',
  layout: 'stacked',
} as const;
const avatar = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#0f766e"/></svg>',
).toString('base64')}`;
const person = { pending_user: 'ada', pending_user_avatar: avatar };
const required = [message('blank')];

const identification: FullChallenge = {
  component: 'ak-stage-identification',
  flow_info: info,
  user_fields: ['email', 'username'],
  password_fields: false,
  flow_designation: 'recovery',
  primary_action: message('continue'),
  show_source_labels: false,
};

/** Returns a field of a prompt stage; `more` overrides its defaults. */
function prompt(type: string, label: string, more: object = {}): object {
  const rest = { placeholder: '', initial_value: '', sub_text: '', order: 0, choices: null, required: true };
  return { field_key: label.toLowerCase().replaceAll(' ', '_'), label, type, ...rest, ...more };
}

const enrollment: FullChallenge = {
  component: 'ak-stage-prompt',
  flow_info: { ...info, title: 'Sign up' },
  fields: [
    prompt('username', 'Username', { sub_text: 'Letters and digits. Others see it.' }),
    prompt('password', 'Password'),
    prompt('password', 'Password (repeat)'),
  ],
};

const everyField: FullChallenge = {
  component: 'ak-stage-prompt',
  flow_info: { ...info, title: 'Every kind of field' },
  fields: [
    prompt('static', 'About this form', {
      initial_value: 'It shows every field there is.\n<b>Nothing in it is HTML.</b>',
    }),
    prompt('text', 'Name', { placeholder: 'Ada Lovelace' }),
    prompt('text_area', 'Remarks', { required: false }),
    prompt('text_read_only', 'Number of the contract', { initial_value: '4711' }),
    prompt('username', 'Username'),
    prompt('email', 'Email', { initial_value: 'ada@example.com' }),
    prompt('password', 'Password'),
    prompt('number', 'Age', { required: false }),
    prompt('separator', ''),
    prompt('radio-button-group', 'Size', { choices: ['Small', 'Medium', 'Large'], initial_value: 'Medium' }),
    prompt('dropdown', 'Colour', { choices: ['Red', 'Green', 'Blue'], initial_value: 'Red' }),
    prompt('checkbox', 'I have read the terms', { sub_text: 'They are short.' }),
    prompt('date', 'Day of birth', { required: false }),
    prompt('date-time', 'Moment', { initial_value: '2026-01-02T10:30:00Z' }),
    prompt('file', 'Picture', { required: false, sub_text: 'At most 1 MB.' }),
    prompt('ak-locale', 'Language', { required: false }),
    prompt('hidden', 'Secret', { initial_value: 'x' }),
  ],
};

/** Returns the challenge of a refused link. */
function denied(code: 'linkUsed' | 'linkExpired' | 'linkUnknown'): FullChallenge {
  return {
    component: 'ak-stage-access-denied',
    flow_info: info,
    pending_user: '',
    pending_user_avatar: avatar,
    error_message: message(code, { site: 'http://127.0.0.1:9000', path: '/if/flow/default-recovery-flow/' }),
  };
}

const confirm: FullChallenge = {
  component: 'ak-stage-consent',
  flow_info: info,
  ...person,
  header_text: message('confirmMail'),
  permissions: [],
  additional_permissions: [],
  token: 'token',
};

/** A challenge of every kind and state. */
export const challenges: Readonly<Record<string, FullChallenge>> = {
  identification,
  'identification-wrong': { ...identification, response_errors: { uid_field: required } },
  'sign-in': {
    ...identification,
    flow_info: { ...info, title: 'Welcome back' },
    password_fields: true,
    primary_action: message('logIn'),
    enroll_url: '/if/flow/default-enrollment-flow/',
    recovery_url: '/if/flow/default-recovery-flow/',
    response_errors: { non_field_errors: [message('signInFailed')] },
  },
  'sign-in-limited': {
    ...identification,
    flow_info: { ...info, title: 'Sign in' },
    password_fields: true,
    primary_action: message('logIn'),
    recovery_url: '/if/flow/default-recovery-flow/',
    response_errors: { non_field_errors: [message('tooManyAttempts', { minutes: 5 })] },
  },
  enrollment,
  'enrollment-wrong': {
    ...enrollment,
    response_errors: {
      username: [message('usernameTaken')],
      password: required,
      'password_(repeat)': required,
    },
  },
  'enrollment-differ': { ...enrollment, response_errors: { non_field_errors: [message('passwordsDiffer')] } },
  'every-field': everyField,
  email: { component: 'ak-stage-email', flow_info: info, link_minutes: 30, code_minutes: 10 },
  'email-again': {
    component: 'ak-stage-email',
    flow_info: info,
    messages: [{ level: 'success', message: message('mailSent') }],
    response_errors: { non_field_errors: [message('mailResent')] },
  },
  'email-wrong-code': {
    component: 'ak-stage-email',
    flow_info: info,
    link_minutes: 30,
    code_minutes: 10,
    response_errors: { code: [message('codeWrong')] },
  },
  'email-confirmed': {
    component: 'ak-stage-email',
    flow_info: info,
    confirmed: true,
    response_errors: { non_field_errors: [message('confirmedElsewhere')] },
  },
  confirm,
  'confirm-sign-up': confirm,
  'confirm-shown': confirm,
  'consent-plain': {
    component: 'ak-stage-consent',
    flow_info: { ...info, title: 'Terms of the library' },
    ...person,
    permissions: [],
    additional_permissions: [],
    token: 'token',
  },
  'consent-declined': {
    component: 'ak-stage-access-denied',
    flow_info: { ...info, title: 'Terms of the library' },
    ...person,
    error_message: message('consentDeclined'),
  },
  consent: {
    component: 'ak-stage-consent',
    flow_info: { ...info, title: 'Redirecting to Library' },
    ...person,
    header_text: { written: 'Library wants to know you.' },
    permissions: [
      { id: 'email', name: 'Your email address' },
      { id: 'profile', name: 'Your name' },
    ],
    additional_permissions: [{ id: 'groups', name: 'The groups that you are in' }],
    token: 'token',
  },
  'new-password': {
    component: 'ak-stage-prompt',
    flow_info: info,
    fields: [prompt('password', 'New password'), prompt('password', 'Repeat new password')],
    messages: [{ level: 'success', message: message('addressConfirmed') }],
  },
  password: {
    component: 'ak-stage-password',
    flow_info: { ...info, title: 'Welcome back' },
    ...person,
    recovery_url: '/if/flow/default-recovery-flow/',
  },
  'password-wrong': {
    component: 'ak-stage-password',
    flow_info: { ...info, title: 'Welcome back' },
    ...person,
    response_errors: { password: [message('passwordWrong')] },
  },
  'user-login': { component: 'ak-stage-user-login', flow_info: { ...info, title: 'Welcome back' }, ...person },
  dummy: { component: 'ak-stage-dummy', flow_info: { ...info, title: 'A try' }, name: 'A stage that does nothing' },
  'access-denied': {
    component: 'ak-stage-access-denied',
    flow_info: info,
    pending_user: '',
    pending_user_avatar: avatar,
    error_message: message('flowNotApplicable'),
  },
  'link-used': denied('linkUsed'),
  'link-expired': denied('linkExpired'),
  'link-unknown': denied('linkUnknown'),
  'flow-error': { component: 'ak-stage-flow-error', request_id: '9c5b94b1d5f8454287e1c8f4f3c7f1a2' },
  'content-left': { ...identification, flow_info: { ...info, layout: 'content_left' } },
  'content-right': { ...identification, flow_info: { ...info, layout: 'content_right' } },
  'sidebar-left': { ...identification, flow_info: { ...info, layout: 'sidebar_left' } },
  'sidebar-right': { ...identification, flow_info: { ...info, layout: 'sidebar_right' } },
};
