import { readFileSync } from 'node:fs';

import { Configuration, type Middleware, ResponseError } from '@goauthentik/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CookieJar } from '../support/cookie-jar.js';
import { checkAgainstDocument } from '../support/document-check.js';
import { operations as ourOperations } from '../support/operations.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import type { Contract } from './contract.js';

/** What the tests of one area work with. */
export interface Sdk {
  /** The running service. */
  readonly app: TestApp;
  /** What a class of the SDK is made with, for the administrator or for another key; null sends none. */
  configuration(key?: string | null): Configuration;
  /** The same for a browser: it keeps cookies, and follows redirects with them. Without a key it is anonymous. */
  browser(key?: string): Configuration;
}

const contract = JSON.parse(readFileSync(new URL('./authentik-2024.12.3.json', import.meta.url), 'utf8')) as Contract;

/** Operations of authentik and its SDK that the document in this folder does not have. */
const missingInDocument = /^(events_(notifications|rules|transports)|policies_event_matcher)_/;

/** The operations that the SDK calls: those of the contract, and those that are missing in it. */
const operations: Contract['operations'] = {
  ...contract.operations,
  ...Object.fromEntries(
    ourOperations.filter(({ id }) => missingInDocument.test(id)).map(({ id, method, path }) => [id, { method, path }]),
  ),
};

/** The operations of authentik whose paths begin with `area`. */
export function operationsOf(area: string): string[] {
  return Object.keys(operations).filter((id) => pathOf(id).startsWith(area));
}

/**
 * Tests in which authentik's own SDK calls the running service. Every answer is held against `schema.yml`, and in the
 * end every operation of the area must have been called with success.
 *
 * @param area the beginning of the paths, such as `/stages/`
 * @param tests declares the tests; `sdk` can be used inside of them
 */
export function describeSdk(area: string, tests: (sdk: () => Sdk) => void): void {
  const called = new Set<string>();
  let app: TestApp | undefined;
  const sdk = (): Sdk => {
    if (app === undefined) throw new Error('the service does not run yet');
    const { url } = app;
    const shared = { basePath: `${url}/api/v3`, middleware: [recorder(`${url}/api/v3`, called)] };
    const configuration = (key: string | null = adminKey): Configuration =>
      new Configuration({ ...shared, ...(key !== null && { accessToken: key }) });
    const browser = (key?: string): Configuration =>
      new Configuration({ ...shared, ...(key !== undefined && { accessToken: key }), fetchApi: fetchWithCookies() });
    return { app, configuration, browser };
  };

  describe(`authentik's SDK on ${area}`, () => {
    beforeAll(async () => {
      app = await startTestApp();
    });
    afterAll(() => app?.stop());

    tests(sdk);

    it('calls every operation', () => {
      expect(operationsOf(area).filter((id) => !called.has(id))).toEqual([]);
    });
  });
}

/** What a call was refused with: the status, and the body as it was sent; undefined for none. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; body: unknown }> {
  const error: unknown = await call.then(
    (value) => new Error(`it was answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ResponseError)) throw error;
  const text = await error.response.text();
  return { status: error.response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** `fetch` as a browser has it. */
export function fetchWithCookies(): typeof fetch {
  const cookies = new CookieJar();
  return async (input, init = {}) => {
    let { url } = new Request(input);
    let request = init;
    for (let redirects = 0; redirects < 20; redirects += 1) {
      const headers = { ...(request.headers as Record<string, string>), ...cookies.headers() };
      const response = await fetch(url, { ...request, headers, redirect: 'manual' });
      cookies.keep(response.headers);
      if (response.status !== 302) return response;
      url = new URL(response.headers.get('location') ?? '', url).href;
      request = { method: 'GET' };
    }
    throw new Error(`${url} leads nowhere`);
  };
}

function recorder(base: string, called: Set<string>): Middleware {
  return {
    async post({ url, init, response }) {
      const path = url.slice(base.length);
      const method = init.method ?? 'GET';
      if (response.ok) called.add(operationAt(method, path));
      const text = await response.clone().text();
      const isJson = response.headers.get('content-type')?.includes('json');
      const body: unknown = isJson ? JSON.parse(text) : text === '' ? undefined : text;
      checkAgainstDocument(method, path, { status: response.status, headers: response.headers, body });
    },
  };
}

/** The operation behind a request. A path without parameters wins over one with them. */
function operationAt(method: string, path: string): string {
  const [pathname = ''] = path.split('?');
  const fits = Object.keys(operations)
    .filter((id) => operations[id]?.['method'] === method)
    .filter((id) => new RegExp(`^${pathOf(id).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
  const found = fits.find((id) => pathOf(id) === pathname) ?? fits[0];
  if (found === undefined) throw new Error(`no operation of the contract is ${method} ${pathname}`);
  return found;
}

function pathOf(id: string): string {
  return String(operations[id]?.['path']);
}
