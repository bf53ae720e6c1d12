import type { CookieSerializeOptions } from '@fastify/cookie';

import { publicUrl, type Settings } from '../../config/settings.js';

/** A cookie that only this origin can set and read. */
export interface HostCookie {
  readonly name: string;
  readonly attributes: CookieSerializeOptions;
}

/**
 * The name of a cookie. Under https it begins with `__Host-`, so that browsers refuse one that a sub-domain or an answer
 * over http plants (RFC 6265bis, 4.1.3.2; ASVS 5.0, 3.3.1); over http browsers refuse that prefix.
 */
export function hostCookieName(name: string, settings: Settings): string {
  return publicUrl(settings).startsWith('https:') ? `__Host-${name}` : name;
}

/** A cookie for the whole site that no script reads. */
export function hostCookie(name: string, settings: Settings, sameSite: 'lax' | 'strict'): HostCookie {
  const secure = publicUrl(settings).startsWith('https:');
  const attributes = { path: '/', httpOnly: true, sameSite, secure };
  return { name: hostCookieName(name, settings), attributes };
}
