import { createHash } from 'node:crypto';

import { codename } from '../../rest/access/route-access.js';

interface PermissionModel {
  /** Shown to people. */
  readonly name: string;
  readonly more: readonly string[];
  /** Name of the entity in lower case; default: the name of the model. */
  readonly entity?: string;
}

/**
 * Models with the permissions that they have in addition to view, add, change and delete (management API, section 8.2).
 * A new kind of object is one line here, a stage kind is declared by its definition.
 */
const models: Readonly<Record<string, PermissionModel>> = {
  'authentik_blueprints.blueprintinstance': { name: 'Blueprint Instance', more: [] },
  'authentik_core.authenticatedsession': { name: 'Authenticated Session', more: [], entity: 'session' },
  'authentik_core.group': { name: 'Group', more: ['add_user_to_group', 'remove_user_from_group'] },
  'authentik_core.token': { name: 'Token', more: ['set_token_key', 'view_token_key'] },
  'authentik_core.user': {
    name: 'User',
    more: ['assign_user_permissions', 'impersonate', 'reset_user_password', 'unassign_user_permissions'],
  },
  'authentik_events.event': { name: 'Event', more: [] },
  'authentik_events.notification': { name: 'Notification', more: [] },
  'authentik_events.notificationrule': { name: 'Notification Rule', more: [] },
  'authentik_events.notificationtransport': { name: 'Notification Transport', more: [] },
  'authentik_flows.flow': {
    name: 'Flow',
    more: ['clear_flow_cache', 'export_flow', 'inspect_flow', 'view_flow_cache'],
  },
  'authentik_flows.flowstagebinding': { name: 'Flow Stage Binding', more: [] },
  'authentik_flows.stage': { name: 'Stage', more: [] },
  'authentik_mail.maildomain': { name: 'Mail Domain', more: [] },
  'authentik_mail.mailmessage': { name: 'Mail Message', more: [] },
  'authentik_mail.mailtemplate': { name: 'Mail Template', more: [] },
  'authentik_mail.namedtransport': { name: 'Named Transport', more: [] },
  'authentik_mail.suppression': { name: 'Suppression', more: [] },
  'authentik_policies.policy': { name: 'Policy', more: ['clear_policy_cache', 'view_policy_cache'] },
  'authentik_policies.policybinding': { name: 'Policy Binding', more: [] },
  'authentik_policies_event_matcher.eventmatcherpolicy': { name: 'Event Matcher Policy', more: [] },
  'authentik_policies_expression.expressionpolicy': { name: 'Expression Policy', more: [] },
  'authentik_policies_password.passwordpolicy': { name: 'Password Policy', more: [] },
  'authentik_rbac.role': { name: 'Role', more: ['assign_role_permissions', 'unassign_role_permissions'] },
  'authentik_stages_invitation.invitation': { name: 'Invitation', more: [] },
  'authentik_stages_prompt.prompt': { name: 'Prompt', more: [] },
  'authentik_verifications.verification': {
    name: 'Verification',
    more: ['cancel_verification', 'check_verification', 'resend_verification'],
  },
  'authentik_webhooks.webhookdelivery': { name: 'Webhook Delivery', more: [] },
  'authentik_webhooks.webhookendpoint': { name: 'Webhook Endpoint', more: [] },
};

/**
 * The models that permissions can be given on, `<app>.<model>`, sorted. Complete when all modules are loaded: read it
 * when a request is handled.
 */
export const permissionModels: string[] = [];

/**
 * The applications of those models as events name them, such as `authentik.stages.email`, sorted. Complete when
 * `permissionModels` is.
 */
export const eventApps: string[] = [];

const codenames = new Map<string, ReadonlySet<string>>();

/** Every permission, as clients see it. Complete when `permissionModels` is. */
export const permissions: PermissionDescription[] = [];

/**
 * The permission that a client means.
 *
 * @param text a codename; where the model is known, it need not name the application
 * @param model `<app>.<model>`, if the permission is to be one on it
 * @returns `<app>.<action>_<model>`, or undefined if there is no such permission
 */
export function findCodename(text: string, model: string | undefined): string | undefined {
  const name = model === undefined || text.includes('.') ? text : `${appOf(model)}.${text}`;
  const candidates = model === undefined ? [...codenames.values()] : [codenames.get(model)];
  return candidates.some((known) => known?.has(name)) ? name : undefined;
}

/** The permissions on a model, `<app>.<action>_<model>`. */
export function permissionsOn(model: string): string[] {
  return [...(codenames.get(model) ?? [])];
}

/** The model that a permission is on. */
export function modelOf(permission: string): string {
  const found = permissionModels.find((model) => codenames.get(model)?.has(permission));
  if (found === undefined) throw new Error(`there is no permission ${permission}`);
  return found;
}

/** The description of a permission. @throws if there is no such permission */
export function descriptionOf(permission: string): PermissionDescription {
  const found = permissions.find(({ app_label, codename }) => `${app_label}.${codename}` === permission);
  if (found === undefined) throw new Error(`there is no permission ${permission}`);
  return found;
}

export interface PermissionDescription {
  readonly id: number;
  readonly name: string;
  readonly codename: string;
  readonly model: string;
  readonly app_label: string;
  readonly app_label_verbose: string;
  readonly model_verbose: string;
}

function describe(permission: string, model: string, modelName: string): PermissionDescription {
  const app = appOf(model);
  const name = model.slice(app.length + 1);
  const action = permission.slice(app.length + 1);
  const [verb = ''] = action.split('_');
  return {
    id: numberOf(permission),
    name: action === `${verb}_${name}` ? `Can ${verb} ${modelName}` : `Can ${action.replaceAll('_', ' ')}`,
    codename: action,
    model: name,
    app_label: app,
    app_label_verbose: appName(app),
    model_verbose: modelName,
  };
}

/** A number of 31 bits that stays the same when permissions are added: from a hash of the name. */
function numberOf(permission: string): number {
  return createHash('sha256').update(permission).digest().readUInt32BE() & 0x7fffffff;
}

/** `authentik_stages_user_login` is "authentik Stages.User Login". */
function appName(app: string): string {
  const [, kind = '', rest = app.slice('authentik_'.length)] = /^authentik_(stages|policies)_(.+)$/.exec(app) ?? [];
  const title = rest === 'rbac' ? 'RBAC' : titleOf(rest);
  return `authentik ${kind === '' ? title : `${titleOf(kind)}.${title}`}`;
}

function titleOf(name: string): string {
  return name
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(' ');
}

function appOf(model: string): string {
  return model.slice(0, model.indexOf('.'));
}

for (const [model, { name, more }] of Object.entries(models)) declarePermissionModel(model, name, more);

/** Adds a model that permissions can be given on, unless it is there. `name` is shown to people. */
export function declarePermissionModel(model: string, name: string, more: readonly string[] = []): void {
  if (codenames.has(model)) return;
  const usual = ['view', 'add', 'change', 'delete'].map((action) => codename(model, action));
  const all = [...usual, ...more.map((action) => `${appOf(model)}.${action}`)];
  codenames.set(model, new Set(all));
  permissions.push(...all.map((permission) => describe(permission, model, name)));
  permissionModels.push(model);
  permissionModels.sort();
  const app = `authentik.${appOf(model)
    .slice('authentik_'.length)
    .replace(/^(stages|policies)_/, '$1.')}`;
  if (eventApps.includes(app)) return;
  eventApps.push(app);
  eventApps.sort();
}

/** Returns the name of a model's entity in lower case. */
export function entityNameOf(model: string): string {
  return models[model]?.entity ?? model.slice(model.indexOf('.') + 1);
}
