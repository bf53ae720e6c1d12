import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import type { Target } from './service.js';

export const stages = '/api/v3/stages/email/';

/** Sends a request to the API and returns the JSON body. @throws unless the status is 2xx */
export async function call<T>({ url, token }: Target, method: string, path: string, body?: object): Promise<T> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${url}${path} answered ${response.status}: ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Keys of the first hundred stages. */
export async function stageKeys(target: Target): Promise<string[]> {
  const { results } = await call<{ results: { pk: string }[] }>(target, 'GET', `${stages}?page_size=100`);
  return results.map(({ pk }) => pk);
}

/** Deletes the stages that the case `create` created. */
export async function deleteCreated(target: Target): Promise<void> {
  for (;;) {
    const path = `${stages}?search=bench-&page_size=100`;
    const { results } = await call<{ results: { pk: string }[] }>(target, 'GET', path);
    if (results.length === 0) return;
    await Promise.all(results.map(({ pk }) => call(target, 'DELETE', `${stages}${pk}/`)));
  }
}

/** Creates a flow with one dummy stage. @returns its slug */
export async function createDummyFlow(target: Target): Promise<string> {
  const slug = `bench-${randomUUID()}`;
  const flow = { name: 'Dummy', slug, title: 'Dummy', designation: 'enrollment' };
  const [{ pk: target_pk }, { pk: stage }] = await Promise.all([
    call<{ pk: string }>(target, 'POST', '/api/v3/flows/instances/', flow),
    call<{ pk: string }>(target, 'POST', '/api/v3/stages/dummy/', { name: slug }),
  ]);
  await call(target, 'POST', '/api/v3/flows/bindings/', { target: target_pk, stage, order: 0 });
  return slug;
}

/** Returns the ETag of a response; undefined if the target sends none. */
export async function fetchETag({ url, token }: Target, path: string): Promise<string | undefined> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.headers.get('etag') ?? undefined;
}

/** @throws if the targets return different bodies, since a comparison would then be meaningless */
export async function requireSameResponse(one: Target, other: Target, path: string): Promise<void> {
  const [first, second] = [await call(one, 'GET', path), await call(other, 'GET', path)];
  if (!isDeepStrictEqual(first, second)) throw new Error(`${one.name} and ${other.name} answer differently to ${path}`);
}
