import type { FastifyReply } from 'fastify';

/**
 * Returns the Content-Security-Policy of a page: only styles, fonts, scripts, images and form targets of this site, no frames.
 * The background image may come from another origin, and a form may lead to an allowed one.
 *
 * @param background URL of that image, if there is one
 * @param allowed origins where flows may end (`ALLOWED_REDIRECTS`): browsers check the redirects of forms too
 */
export function pagePolicy(background: string | undefined, allowed: readonly string[]): string {
  const pictures = ["'self'", 'data:', ...foreignOrigin(background)];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    `img-src ${pictures.join(' ')}`,
    ["form-action 'self'", ...allowed].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Sets the headers of a page: it may contain personal data, and its URL may contain secrets. */
export function privatePage(reply: FastifyReply, allowed: readonly string[], background?: string): void {
  void reply.headers({
    'content-security-policy': pagePolicy(background, allowed),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
  });
}

function foreignOrigin(address = ''): string[] {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return [];
  return [new URL(address).origin];
}
