import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** For every answer that sets no policy of its own: data, which loads and runs nothing. */
const dataPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
};

/**
 * For Swagger UI: scripts of this site only. Its page has a style element and style attributes of its own. Requests go
 * to this site only, also when the address names a document of another one (`?url=`).
 */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Features of browsers that the pages do not use (OWASP Secure Headers). */
const permissionsPolicy = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * Sends the security headers of every answer (ASVS 5.0, V3.4). Pages set a stricter policy for themselves.
 *
 * @param docsPath path of Swagger UI
 * @param isHttps whether users reach the service over https: browsers then refuse http for it
 */
export async function sendSecurityHeaders(fastify: FastifyInstance, docsPath: string, isHttps: boolean): Promise<void> {
  await fastify.register(helmet, { contentSecurityPolicy: dataPolicy, strictTransportSecurity: isHttps });
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('permissions-policy', permissionsPolicy);
    if (request.url.startsWith(docsPath)) void reply.header('content-security-policy', docsPolicy);
    done();
  });
}
