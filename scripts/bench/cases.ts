import type { LoadRequest } from './load.js';
import type { Target } from './service.js';

/** What is asked for over and over, of the service and of what it is compared with. */
export interface Case {
  readonly name: string;
  readonly status: number;
  /** Which comparisons answer such requests. */
  readonly compared: readonly ('ceiling' | 'peer')[];
  /** @param keys of stages that there are */
  readonly requests: (keys: readonly string[]) => readonly Omit<LoadRequest, 'headers'>[];
}

const stages = '/api/v3/stages/email/';

/** Different addresses of one page, more than any cache keeps: each is answered anew. Nobody knows the parameter. */
function pages(query: string): () => { method: 'GET'; path: string }[] {
  return () => Array.from({ length: 2000 }, (_, n) => ({ method: 'GET', path: `${stages}?${query}&bench=${n}` }));
}

export const cases: readonly Case[] = [
  { name: 'list of 20', status: 200, compared: ['ceiling', 'peer'], requests: pages('page_size=20') },
  { name: 'list of 100', status: 200, compared: ['ceiling', 'peer'], requests: pages('page_size=100') },
  {
    name: 'filtered list',
    status: 200,
    compared: ['ceiling', 'peer'],
    requests: pages('use_tls=true&port=587&search=stage&ordering=-subject&page_size=20'),
  },
  {
    name: 'retrieve',
    status: 200,
    compared: ['ceiling', 'peer'],
    requests: (keys) => keys.map((key) => ({ method: 'GET', path: `${stages}${key}/` })),
  },
  {
    name: 'create',
    status: 201,
    compared: ['peer'],
    requests: () => [{ method: 'POST', path: stages, body: '{"name": "bench-[<id>]", "host": "smtp.example.com"}' }],
  },
  {
    name: 'update',
    status: 200,
    compared: ['peer'],
    requests: (keys) =>
      keys.map((key) => ({ method: 'PATCH', path: `${stages}${key}/`, body: '{"subject": "Changed [<id>]"}' })),
  },
];

export const listOf20 = pages('page_size=20')();
export const deepPage = pages('page_size=20&page=1000')();

/** The requests as this target takes them. */
export function addressed(requests: readonly Omit<LoadRequest, 'headers'>[], { token }: Target): LoadRequest[] {
  return requests.map((request) => ({
    ...request,
    headers: {
      authorization: `Bearer ${token}`,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
  }));
}

/** Keys of the first hundred stages. */
export async function stageKeys(target: Target): Promise<string[]> {
  const { results } = await call<{ results: { pk: string }[] }>(target, 'GET', `${stages}?page_size=100`);
  return results.map(({ pk }) => pk);
}

/** Deletes what the case `create` made. */
export async function deleteCreated(target: Target): Promise<void> {
  for (;;) {
    const path = `${stages}?search=bench-&page_size=500`;
    const { results } = await call<{ results: { pk: string }[] }>(target, 'GET', path);
    if (results.length === 0) return;
    await Promise.all(results.map(({ pk }) => call(target, 'DELETE', `${stages}${pk}/`)));
  }
}

async function call<T>({ url, token }: Target, method: string, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${method} ${url}${path} answered ${response.status}`);
  return (await response.json().catch(() => undefined)) as T;
}
