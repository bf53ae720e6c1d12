import type { Settings } from './settings.js';

/** Hosts that lead to this machine only, as `URL` writes them: every IPv4 address as four numbers. */
export const loopbackHost = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether the settings describe a trial on one machine: no public address, no reverse proxy, the embedded database.
 * Looks at settings only: the address that a request comes from proves nothing behind a proxy.
 */
export function isLocalTrial({ publicUrl, trustProxy, databaseUrl }: Settings): boolean {
  const isPublic = publicUrl !== undefined && !loopbackHost.test(new URL(publicUrl).hostname);
  return !isPublic && trustProxy.length === 0 && databaseUrl === undefined;
}
