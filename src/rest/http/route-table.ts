import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';

import { codename, type RouteAccess } from '../access/route-access.js';
import { AppError } from '../errors/app-error.js';
import { answerUnknownPath } from '../errors/error.filter.js';

const everyMethod = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS'] as const;
const inAllow = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const actions: Record<string, string> = { POST: 'add', PUT: 'change', PATCH: 'change', DELETE: 'delete' };

/** Authorizes a request like a route with this access. */
export type Authorize = (request: FastifyRequest, access: RouteAccess) => Promise<void>;

/**
 * The registered routes, and what all of authentik's routes do: `Allow` on every response, 405 for a method that a path
 * does not have, a description of the path for OPTIONS.
 */
export class RouteTable {
  private readonly methods = new Map<string, Map<string, RouteOptions>>();
  private readonly allowed = new Map<string, string>();

  /** Create it before any route is registered. */
  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', (route) => {
      const known = this.methods.get(route.url) ?? new Map<string, RouteOptions>();
      for (const method of [route.method].flat()) known.set(method, route);
      this.methods.set(route.url, known);
    });
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      const allowed = this.allowed.get(request.routeOptions.url ?? '');
      if (allowed !== undefined) reply.header('allow', allowed);
      done();
    });
  }

  /** Every route: method, path pattern and declared access. */
  *[Symbol.iterator](): Generator<{ method: string; path: string; access: RouteAccess | undefined }> {
    for (const [path, methods] of this.methods) {
      for (const [method, route] of methods) yield { method, path, access: route.config?.access };
    }
  }

  /** Adds the missing methods of all paths. Call it after all routes are registered. */
  complete(authorize: Authorize): void {
    this.answerUnusualMethods(authorize);
    for (const [path, methods] of [...this.methods]) {
      const { access, produces } = [...methods.values()].find(({ config }) => config?.access)?.config ?? {};
      if (access === undefined) continue;
      this.allowed.set(path, inAllow.filter((method) => method === 'OPTIONS' || methods.has(method)).join(', '));
      this.fastify.route({
        method: everyMethod.filter((method) => !methods.has(method)),
        url: path,
        config: { access, ...(produces && { produces }) },
        handler: (request) => answerMissingMethod(request, path, access, authorize),
      });
    }
  }

  /** Answers methods that Fastify does not route, such as QUERY and PROPFIND, as methods that a path does not have. */
  private answerUnusualMethods(authorize: Authorize): void {
    const paths = [...this.methods]
      .filter(([path]) => !path.includes('*'))
      .map(([path, methods]) => ({ path, methods, paths: pathsOf(path) }));
    this.fastify.addHook('onRequest', async (request, reply) => {
      if (!request.is404 || everyMethod.some((method) => method === request.method)) return;
      const [url = ''] = request.url.split('?', 1);
      const { path = '', methods } = paths.find((known) => known.paths.test(url)) ?? {};
      const { access } = [...(methods?.values() ?? [])].find(({ config }) => config?.access)?.config ?? {};
      if (access === undefined) {
        answerUnknownPath(reply);
        return;
      }
      reply.header('allow', this.allowed.get(path));
      await answerMissingMethod(request, path, access, authorize);
    });
  }
}

/** Returns the expression for the paths of a pattern such as `/stages/:pk/`. */
function pathsOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/\/$/, '').replace(/:\w+/g, '[^/.%]+')}/?$`);
}

async function answerMissingMethod(
  request: FastifyRequest,
  path: string,
  access: RouteAccess,
  authorize: Authorize,
): Promise<object> {
  const { method } = request;
  await authorize(request, method === 'OPTIONS' ? describing(access) : accessFor(method, access));
  if (method !== 'OPTIONS') throw new AppError('methodNotAllowed', method);
  return { name: path, description: '', renders: ['application/json'], parses: ['application/json'] };
}

/** The access for OPTIONS: visitors for their paths, authenticated callers for the others. */
function describing({ level }: RouteAccess): RouteAccess {
  return { level: level === 'visitor' ? 'visitor' : 'authenticated' };
}

/** The access that a missing method would need: the model's permission for that kind of change. */
function accessFor(method: string, { level, model, owner }: RouteAccess): RouteAccess {
  const action = actions[method];
  if (model === undefined || owner !== undefined || action === undefined) return { level };
  return { level: 'authenticated', everywhere: [codename(model, action)] };
}
