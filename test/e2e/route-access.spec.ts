import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPlainUser } from '../support/plain-user.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';

/** Public pages and files that belong to no resource. */
const undeclared = [/^\/api\/v3\/docs/, /^\*$/];

let app: TestApp;
let plain: string;
let routes: { method: string; path: string; access: NonNullable<ReturnType<typeof routesOf>[number]['access']> }[];

function routesOf(): {
  method: string;
  path: string;
  access: (typeof app.routes extends Iterable<infer R> ? R : never)['access'];
}[] {
  return [...app.routes].filter(({ path }) => !undeclared.some((pattern) => pattern.test(path)));
}

async function statusOf(method: string, path: string, key?: string): Promise<number> {
  const concrete = path
    .replace(/:\w*uuid/g, '00000000-0000-4000-8000-000000000000')
    .replace(/:id/g, '999999')
    .replace(/:\w+/g, 'unknown');
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${app.url}${concrete}/`, { method, headers, redirect: 'manual' });
  // A stream does not end.
  if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel();
  else await response.arrayBuffer();
  return response.status;
}

beforeAll(async () => {
  app = await startTestApp();
  plain = await createPlainUser(app.dataSource);
  const all = routesOf();
  expect(all.filter(({ access }) => access === undefined)).toEqual([]);
  routes = all.flatMap(({ access, ...route }) => (access === undefined ? [] : [{ ...route, access }]));
});
afterAll(() => app.stop());

describe('Every route', () => {
  it('is found: there are more than 100 routes', () => {
    expect(routes.length).toBeGreaterThan(100);
  });

  it('answers 403 without credentials, unless it is declared public', async () => {
    for (const { method, path, access } of routes.filter(({ method }) => method !== 'TRACE')) {
      const status = await statusOf(method, path);
      const isMissing = status === 405;
      if (access.level !== 'authenticated')
        expect(isMissing || status !== 403 || method === 'OPTIONS', `${method} ${path}`).toBe(true);
      else expect(status, `${method} ${path}`).toBe(403);
    }
  });

  it('with a required permission answers 403 or 405 to a user without permissions', async () => {
    const guarded = routes.filter(
      ({ access }) => access.owner === undefined && (access.view ?? (access.everywhere ?? []).length > 0),
    );
    expect(guarded.length).toBeGreaterThan(20);
    for (const { method, path } of guarded.filter(({ method }) => !['OPTIONS', 'TRACE'].includes(method))) {
      // An unsupported method gets 403 if the caller also lacks the permission for it.
      expect([403, 405], `${method} ${path}`).toContain(await statusOf(method, path, plain));
    }
  });

  it('never answers 403 to a superuser', async () => {
    for (const { method, path } of routes.filter(({ method }) => method !== 'TRACE')) {
      expect(await statusOf(method, path, adminKey), `${method} ${path}`).not.toBe(403);
    }
  });

  it('without a required permission answers 200 to a user without permissions', async () => {
    expect(await statusOf('GET', '/api/v3/stages/all/types', plain)).toBe(200);
    expect(await statusOf('GET', '/api/v3/stages/email/templates', plain)).toBe(200);
  });
});
