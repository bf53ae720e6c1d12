import { stages } from './api.js';
import type { Load, LoadRequest } from './load.js';

/** A benchmark case: a set of requests, sent repeatedly to the service and its baselines. */
export interface Case {
  readonly name: string;
  /** Expected statuses, in ascending order. */
  readonly statuses: readonly number[];
  /** Targets to compare the service with. */
  readonly baselines: readonly ('ceiling' | 'peer' | '1,000 stages')[];
  readonly requests: (fixtures: Fixtures) => readonly Omit<LoadRequest, 'headers'>[];
  /** Number of email stages in the database. */
  readonly stageCount: 1_000 | 100_000;
  /** Every request has the same URL, so that responses come from the cache. */
  readonly isRepeated?: boolean;
  /** Requests to the service carry `If-None-Match` with the current ETag. */
  readonly isConditional?: boolean;
  readonly isVisit?: Load['isVisit'];
}

/** Objects in the database that requests refer to. */
export interface Fixtures {
  /** Primary keys of email stages. */
  readonly stageKeys: readonly string[];
  /** Slug of a flow with one dummy stage. */
  readonly flowSlug: string;
}

const read = { statuses: [200], baselines: ['ceiling', 'peer'], stageCount: 1_000 } as const;

/** A parameter that the API ignores. It makes each URL unique, so that no response comes from the cache. */
const cacheBuster = 'bench=[<id>]';

function page(query: string): Case['requests'] {
  return () => [{ method: 'GET', path: `${stages}?${query}&${cacheBuster}` }];
}

const repeated = {
  ...read,
  baselines: ['ceiling'],
  isRepeated: true,
  requests: () => [{ method: 'GET' as const, path: `${stages}?page_size=20` }],
} as const;

/** Fetches the flow's challenge and answers its only stage. */
function visit({ flowSlug }: Fixtures): ReturnType<Case['requests']> {
  const path = `/api/v3/flows/executor/${flowSlug}/?query=`;
  return [
    { method: 'GET', path },
    { method: 'POST', path, body: '{"component": "ak-stage-dummy"}' },
  ];
}

export const cases: readonly Case[] = [
  { ...read, name: 'list of 20', requests: page('page_size=20') },
  { ...read, name: 'list of 100', requests: page('page_size=100') },
  {
    ...read,
    name: 'filtered list',
    requests: page('use_tls=true&port=587&search=stage&ordering=-subject&page_size=20'),
  },
  {
    ...read,
    name: 'retrieve',
    requests: ({ stageKeys }) => stageKeys.map((key) => ({ method: 'GET', path: `${stages}${key}/?${cacheBuster}` })),
  },
  { ...repeated, name: 'repeated list of 20' },
  { ...repeated, name: 'unchanged list of 20', isConditional: true },
  {
    name: 'create',
    statuses: [201],
    baselines: ['peer'],
    stageCount: 1_000,
    requests: () => [{ method: 'POST', path: stages, body: '{"name": "bench-[<id>]", "host": "smtp.example.com"}' }],
  },
  {
    name: 'update',
    statuses: [200],
    baselines: ['peer'],
    stageCount: 1_000,
    requests: ({ stageKeys }) =>
      stageKeys.map((key) => ({ method: 'PATCH', path: `${stages}${key}/`, body: '{"subject": "Changed [<id>]"}' })),
  },
  {
    name: 'flow of one stage',
    statuses: [200],
    baselines: [],
    stageCount: 1_000,
    isVisit: true,
    requests: visit,
  },
  {
    ...read,
    name: 'list of 20 of 100,000',
    baselines: ['ceiling', '1,000 stages'],
    requests: page('page_size=20'),
    stageCount: 100_000,
  },
  {
    ...read,
    name: 'page 1,000 of 100,000',
    baselines: ['ceiling'],
    requests: page('page_size=20&page=1000'),
    stageCount: 100_000,
  },
];
