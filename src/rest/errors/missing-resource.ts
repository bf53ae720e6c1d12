/** Parts of authentik 2024.12's API that have no resource in this service. */
const missingParts = [
  ...['admin', 'authenticators', 'crypto', 'enterprise', 'oauth2', 'outposts', 'propertymappings', 'providers', 'rac'],
  ...['sources', 'tenants'],
];

/** Resources of authentik 2024.12 that this service does not have, in the parts where it has others. */
const missingResources: Readonly<Record<string, readonly string[]>> = {
  core: ['application_entitlements', 'applications', 'brands', 'transactional', 'user_consent'],
  events: ['system_tasks'],
  policies: ['dummy', 'geoip', 'password_expiry', 'reputation'],
  stages: ['authenticator', 'captcha', 'source'],
};

/**
 * Returns the message for a path of a resource that authentik has and this service does not.
 *
 * @param path below the API's prefix, with a slash at its front
 * @returns undefined for other paths
 */
export function missingResource(path: string): string | undefined {
  const [, part = '', resource = ''] = path.split(/[/?]/);
  if (missingParts.includes(part)) return messageFor(part);
  return missingResources[part]?.includes(resource) ? messageFor(`${part}/${resource}`) : undefined;
}

function messageFor(resource: string): string {
  return `email-stage does not have authentik's resource ${resource}/. /api/v3/schema/ lists those that it has.`;
}
