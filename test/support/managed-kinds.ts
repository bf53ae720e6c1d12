import { randomUUID } from 'node:crypto';

import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createGroup } from '../factories/group.js';
import { createPrompt } from '../factories/prompt.js';
import type { ApiClient } from './api-client.js';

/** A kind of object that the API creates, changes and deletes. */
export interface ManagedKind {
  readonly model: string;
  /** Field that identifies an object in paths. */
  readonly key: string;
  /** Returns the body of a create request. */
  readonly body: () => object | Promise<object>;
  readonly change: object;
  /** Fields that every write changes: a password is sealed again, an API token's lifetime starts over. */
  readonly always?: readonly string[];
  /** Further events of the creation, after its own. */
  readonly more?: readonly string[];
}

/** Returns a body with a unique name. */
export const named = (): object => ({ name: `object-${randomUUID()}` });
const stage = (kind: string, change: object, needed: object = {}): ManagedKind => ({
  model: `authentik_stages_${kind}.${kind.replaceAll('_', '')}stage`,
  key: 'pk',
  body: () => ({ ...named(), ...needed }),
  change,
});

/**
 * Returns the kinds of objects by the path of their collection.
 *
 * @param api client that creates the objects that they refer to
 */
export const managedKinds = (api: () => ApiClient): Readonly<Record<string, ManagedKind>> => ({
  '/core/groups/': { model: 'authentik_core.group', key: 'pk', body: named, change: { is_superuser: true } },
  '/core/tokens/': {
    model: 'authentik_core.token',
    key: 'identifier',
    body: () => ({ identifier: `token-${randomUUID()}` }),
    change: { description: 'x' },
    always: ['expires'],
    more: ['model_updated authentik_core.user permissions'],
  },
  '/core/users/': {
    model: 'authentik_core.user',
    key: 'pk',
    body: () => ({ username: `user-${randomUUID()}`, name: '' }),
    change: { name: 'Alice', attributes: { a: 1 } },
  },
  '/events/rules/': {
    model: 'authentik_events.notificationrule',
    key: 'pk',
    body: async () => ({ ...named(), group: (await createGroup(api())).pk }),
    change: { severity: 'alert' },
  },
  '/events/transports/': {
    model: 'authentik_events.notificationtransport',
    key: 'pk',
    body: () => ({ ...named(), mode: 'webhook', webhook_url: 'https://example.org/notifications' }),
    change: { send_once: true },
  },
  '/flows/bindings/': {
    model: 'authentik_flows.flowstagebinding',
    key: 'pk',
    body: async () => ({
      target: (await createFlow(api())).pk,
      stage: (await createEmailStage(api())).pk,
      order: 0,
    }),
    change: { order: 7 },
  },
  '/flows/instances/': {
    model: 'authentik_flows.flow',
    key: 'slug',
    body: () => ({ name: 'Flow', slug: `flow-${randomUUID()}`, title: 'Title', designation: 'recovery' }),
    change: { title: 'Another' },
  },
  '/mail/domains/': {
    model: 'authentik_mail.maildomain',
    key: 'pk',
    body: () => ({ name: `${randomUUID()}.example.org` }),
    change: { signing: false },
  },
  '/mail/suppressions/': {
    model: 'authentik_mail.suppression',
    key: 'pk',
    body: () => ({ address: `${randomUUID()}@example.org` }),
    change: { note: 'Has left.' },
  },
  '/mail/templates/': {
    model: 'authentik_mail.mailtemplate',
    key: 'pk',
    body: () => ({ name: `email/${randomUUID()}.html`, html: '<p>Welcome</p>' }),
    change: { html: '<p>Hello</p>' },
  },
  '/mail/transports/': {
    model: 'authentik_mail.namedtransport',
    key: 'pk',
    body: () => ({ ...named(), url: 'smtp://books:a-secret-of-this-test-4711@mail.example.org' }),
    change: { from_address: 'books@example.org' },
  },
  '/managed/blueprints/': {
    model: 'authentik_blueprints.blueprintinstance',
    key: 'pk',
    body: () => ({ ...named(), enabled: false, content: 'version: 1\nentries: []' }),
    change: { context: { a: 1 } },
  },
  '/policies/bindings/': {
    model: 'authentik_policies.policybinding',
    key: 'pk',
    body: async () => ({
      target: (await createFlow(api())).pk,
      group: (await createGroup(api())).pk,
      order: 0,
    }),
    change: { negate: true },
  },
  '/policies/event_matcher/': {
    model: 'authentik_policies_event_matcher.eventmatcherpolicy',
    key: 'pk',
    body: () => ({ ...named(), action: 'login' }),
    change: { action: null, app: 'authentik.core' },
  },
  '/policies/expression/': {
    model: 'authentik_policies_expression.expressionpolicy',
    key: 'pk',
    body: () => ({ ...named(), expression: 'return True' }),
    change: { expression: 'return False' },
  },
  '/policies/password/': {
    model: 'authentik_policies_password.passwordpolicy',
    key: 'pk',
    body: named,
    change: { length_min: 12 },
  },
  '/rbac/roles/': { model: 'authentik_rbac.role', key: 'pk', body: named, change: { name: `role-${randomUUID()}` } },
  '/stages/consent/': stage('consent', { mode: 'permanent' }),
  '/stages/deny/': stage('deny', { deny_message: 'No' }),
  '/stages/dummy/': stage('dummy', { name: `dummy-${randomUUID()}` }),
  '/stages/email/': {
    ...stage('email', { host: 'mail.example.org', password: 'a-secret-of-this-test-4711' }),
    always: ['password'],
  },
  '/stages/identification/': stage('identification', { show_matched_user: false }, { user_fields: ['email'] }),
  '/stages/invitation/invitations/': {
    model: 'authentik_stages_invitation.invitation',
    key: 'pk',
    body: named,
    change: { fixed_data: { a: 1 } },
  },
  '/stages/invitation/stages/': stage('invitation', { continue_flow_without_invitation: true }),
  '/stages/password/': stage(
    'password',
    { failed_attempts_before_cancel: 2 },
    { backends: ['authentik.core.auth.InbuiltBackend'] },
  ),
  '/stages/prompt/prompts/': {
    model: 'authentik_stages_prompt.prompt',
    key: 'pk',
    body: () => ({ ...named(), field_key: 'name', label: 'Name', type: 'text' }),
    change: { label: 'Another' },
  },
  '/stages/prompt/stages/': {
    ...stage('prompt', { name: `form-${randomUUID()}` }),
    body: async () => ({ ...named(), fields: [(await createPrompt(api())).pk] }),
    more: ['model_updated authentik_stages_prompt.promptstage fields'],
  },
  '/stages/redirect/': stage('redirect', { target_static: '/if/flow/a/' }, { mode: 'static', target_static: '/' }),
  '/stages/user_delete/': stage('user_delete', { name: `delete-${randomUUID()}` }),
  '/stages/user_login/': stage('user_login', { terminate_other_sessions: true }),
  '/stages/user_logout/': stage('user_logout', { name: `logout-${randomUUID()}` }),
  '/stages/user_write/': stage('user_write', { create_users_as_inactive: true }),
  '/webhooks/endpoints/': {
    model: 'authentik_webhooks.webhookendpoint',
    key: 'pk',
    body: () => ({ ...named(), url: 'https://example.org/webhooks' }),
    change: { event_types: ['user.*'] },
  },
});
