/** Enumerations of flows and bindings, in the order of authentik's OpenAPI document. */
export const flowDesignations = [
  'authentication',
  'authorization',
  'invalidation',
  'enrollment',
  'unenrollment',
  'recovery',
  'stage_configuration',
] as const;
export type FlowDesignation = (typeof flowDesignations)[number];

export const policyEngineModes = ['all', 'any'] as const;
export type PolicyEngineMode = (typeof policyEngineModes)[number];

export const flowLayouts = ['stacked', 'content_left', 'content_right', 'sidebar_left', 'sidebar_right'] as const;
export type FlowLayout = (typeof flowLayouts)[number];

export const deniedActions = ['message_continue', 'message', 'continue'] as const;
export type DeniedAction = (typeof deniedActions)[number];

export const flowAuthentications = [
  'none',
  'require_authenticated',
  'require_unauthenticated',
  'require_superuser',
  'require_redirect',
  'require_outpost',
] as const;
export type FlowAuthentication = (typeof flowAuthentications)[number];

export const invalidResponseActions = ['retry', 'restart', 'restart_with_context'] as const;
export type InvalidResponseAction = (typeof invalidResponseActions)[number];
