import { stages } from './api.js';
import type { Load, LoadRequest } from './load.js';

/** What is asked for over and over, of the service and of what it is compared with. */
export interface Case {
  readonly name: string;
  /** The statuses that are answered, in rising order. */
  readonly statuses: readonly number[];
  /** Which comparisons answer such requests. */
  readonly compared: readonly ('ceiling' | 'peer' | '1,000 stages')[];
  readonly requests: (known: Known) => readonly Omit<LoadRequest, 'headers'>[];
  /** Among how many stages. */
  readonly among: 1_000 | 100_000;
  /** The same is asked again and again. */
  readonly isRepeated?: boolean;
  /** The service is asked whether its answer is still that with this tag. */
  readonly isConditional?: boolean;
  readonly isVisit?: Load['isVisit'];
}

/** What there is to ask for. */
export interface Known {
  /** Keys of stages. */
  readonly keys: readonly string[];
  /** Slug of a flow of one dummy stage. */
  readonly flow: string;
}

const read = { statuses: [200], compared: ['ceiling', 'peer'], among: 1_000 } as const;

/** A parameter that nobody knows, so that each request has an address of its own, and no cache the answer. */
const unknown = 'bench=[<id>]';

function page(query: string): Case['requests'] {
  return () => [{ method: 'GET', path: `${stages}?${query}&${unknown}` }];
}

const repeated = {
  ...read,
  compared: ['ceiling'],
  isRepeated: true,
  requests: () => [{ method: 'GET' as const, path: `${stages}?page_size=20` }],
} as const;

/** Looks at the flow, and answers its only stage. */
function visit({ flow }: Known): ReturnType<Case['requests']> {
  const path = `/api/v3/flows/executor/${flow}/?query=`;
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
    requests: ({ keys }) => keys.map((key) => ({ method: 'GET', path: `${stages}${key}/?${unknown}` })),
  },
  { ...repeated, name: 'repeated list of 20' },
  { ...repeated, name: 'unchanged list of 20', isConditional: true },
  {
    name: 'create',
    statuses: [201],
    compared: ['peer'],
    among: 1_000,
    requests: () => [{ method: 'POST', path: stages, body: '{"name": "bench-[<id>]", "host": "smtp.example.com"}' }],
  },
  {
    name: 'update',
    statuses: [200],
    compared: ['peer'],
    among: 1_000,
    requests: ({ keys }) =>
      keys.map((key) => ({ method: 'PATCH', path: `${stages}${key}/`, body: '{"subject": "Changed [<id>]"}' })),
  },
  {
    name: 'flow of one stage',
    statuses: [200],
    compared: [],
    among: 1_000,
    isVisit: true,
    requests: visit,
  },
  {
    ...read,
    name: 'list of 20 of 100,000',
    compared: ['ceiling', '1,000 stages'],
    requests: page('page_size=20'),
    among: 100_000,
  },
  {
    ...read,
    name: 'page 1,000 of 100,000',
    compared: ['ceiling'],
    requests: page('page_size=20&page=1000'),
    among: 100_000,
  },
];
