import { createClient } from './generated/client/index.js';
import { flowsExecutorGet, flowsExecutorSolve } from './generated/index.js';
import type { Ask } from './recovery.js';

export type { ChallengeTypes, FlowChallengeResponseRequest } from './generated/index.js';

/** Asks the executor with the functions that were generated. */
export function askingAt(baseUrl: string, flowSlug: string, browser: typeof fetch): Ask {
  const options = {
    client: createClient({ baseUrl, fetch: browser }),
    path: { flow_slug: flowSlug },
    query: { query: '' },
    throwOnError: true,
  } as const;
  return async (body) => {
    const { data } =
      body === undefined ? await flowsExecutorGet(options) : await flowsExecutorSolve({ ...options, body });
    return data;
  };
}
