import { codename } from '../../rest/access/route-access.js';

/**
 * Models with the permissions that they have in addition to view, add, change and delete (management API, section 8.2).
 * A new kind of object is one line here, a stage kind is declared by its definition. The name after the dot is that of
 * the entity in lower case.
 */
const models: Readonly<Record<string, readonly string[]>> = {
  'authentik_blueprints.blueprintinstance': [],
  'authentik_core.group': ['add_user_to_group', 'remove_user_from_group'],
  'authentik_core.token': ['set_token_key', 'view_token_key'],
  'authentik_core.user': ['assign_user_permissions', 'impersonate', 'reset_user_password', 'unassign_user_permissions'],
  'authentik_events.event': [],
  'authentik_flows.flow': ['clear_flow_cache', 'export_flow', 'inspect_flow', 'view_flow_cache'],
  'authentik_flows.flowstagebinding': [],
  'authentik_flows.stage': [],
  'authentik_mail.mailmessage': [],
  'authentik_policies.policy': ['clear_policy_cache', 'view_policy_cache'],
  'authentik_policies.policybinding': [],
  'authentik_policies_password.passwordpolicy': [],
  'authentik_rbac.role': ['assign_role_permissions', 'unassign_role_permissions'],
  'authentik_stages_invitation.invitation': [],
  'authentik_stages_prompt.prompt': [],
};

/**
 * The models that permissions can be given on, `<app>.<model>`, sorted. Complete when all modules are loaded: read it
 * when a request is handled.
 */
export const permissionModels: string[] = [];

const codenames = new Map<string, ReadonlySet<string>>();

for (const [model, more] of Object.entries(models)) declarePermissionModel(model, more);

/** Adds a model that permissions can be given on. */
export function declarePermissionModel(model: string, more: readonly string[] = []): void {
  const usual = ['view', 'add', 'change', 'delete'].map((action) => codename(model, action));
  codenames.set(model, new Set([...usual, ...more.map((name) => `${appOf(model)}.${name}`)]));
  permissionModels.push(model);
  permissionModels.sort();
}

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

function appOf(model: string): string {
  return model.slice(0, model.indexOf('.'));
}
