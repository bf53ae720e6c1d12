import type { FastifyReply } from 'fastify';

/**
 * What a page may load and do: styles, the script and pictures of this site, forms that go to this site; no frame
 * around it. One picture behind it may be somebody else's, if the administrator says so.
 *
 * @param background address of that picture, if there is one
 */
export function pagePolicy(background: string | undefined): string {
  const pictures = ["'self'", 'data:', ...foreignOrigin(background)];
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    `img-src ${pictures.join(' ')}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** A page may hold what is meant for one reader, and its address what is meant for this site. */
export function privatePage(reply: FastifyReply, background?: string): void {
  void reply.headers({
    'content-security-policy': pagePolicy(background),
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
