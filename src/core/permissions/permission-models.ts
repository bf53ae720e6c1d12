/** Every model that permissions are given on. A new kind of object joins with one line. */
export const permissionModels = [
  'authentik_core.group',
  'authentik_core.token',
  'authentik_core.user',
  'authentik_events.event',
  'authentik_flows.flow',
  'authentik_flows.flowstagebinding',
  'authentik_flows.stage',
  'authentik_mail.mailmessage',
  'authentik_rbac.role',
  'authentik_stages_email.emailstage',
] as const;

/** Permissions besides view, add, change and delete (management API, section 8.2). */
const extras = [
  'authentik_core.assign_user_permissions',
  'authentik_core.reset_user_password',
  'authentik_core.set_token_key',
  'authentik_core.unassign_user_permissions',
  'authentik_core.view_token_key',
  'authentik_flows.clear_flow_cache',
  'authentik_flows.export_flow',
  'authentik_flows.inspect_flow',
  'authentik_flows.view_flow_cache',
  'authentik_rbac.assign_role_permissions',
  'authentik_rbac.unassign_role_permissions',
];

const codenames = new Set([
  ...extras,
  ...permissionModels.flatMap((model) => {
    return ['view', 'add', 'change', 'delete'].map((action) => model.replace('.', `.${action}_`));
  }),
]);

/** Whether this is a permission that the service knows. */
export function isCodename(text: string): boolean {
  return codenames.has(text);
}
