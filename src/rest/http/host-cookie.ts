import type { CookieSerializeOptions } from '@fastify/cookie';

import { publicUrl, type Settings } from '../../config/settings.js';

/** A cookie that only this origin can set and read. */
export interface HostCookie {
  readonly name: string;
  readonly attributes: CookieSerializeOptions;
}

/**
 * A cookie for the whole site. Under https its name begins with `__Host-`, so that browsers refuse one that a
 * sub-domain or a plain-text answer plants (RFC 6265bis, 4.1.3.2; ASVS 5.0, 3.3.1); on http browsers refuse that prefix.
 */
export function hostCookie(name: string, settings: Settings, sameSite: 'lax' | 'strict'): HostCookie {
  const secure = publicUrl(settings).startsWith('https:');
  const attributes = { path: '/', httpOnly: true, sameSite, secure };
  return { name: secure ? `__Host-${name}` : name, attributes };
}
