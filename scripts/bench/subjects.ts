import { fetchETag, requireSameResponse, stageKeys } from './api.js';
import type { Case } from './cases.js';
import type { LoadRequest } from './load.js';
import type { Subject } from './measure.js';
import type { Target } from './service.js';
import type { Setup } from './setup.js';

const connections = 10;

/** Returns the service and its baselines in a case; none if the case needs an ETag and the service sends none. */
export async function subjectsOf(
  benchmark: Case,
  setup: Setup,
  peers: readonly Target[],
  rate?: number,
): Promise<Subject[]> {
  const { service, ceiling, fixtures } = await setup.deployment(benchmark.stageCount);
  const serviceRequests = benchmark.requests(fixtures);
  const [{ method, path } = { method: '', path: '' }] = serviceRequests;
  const currentTag = async (): Promise<string | undefined> =>
    benchmark.isConditional ? fetchETag(service, path) : undefined;
  const isConditional = (await currentTag()) !== undefined;
  if (benchmark.isConditional && !isConditional) return [];
  if (benchmark.baselines.includes('ceiling') && method === 'GET') await requireSameResponse(service, ceiling, path);

  const subject = (target: Target, statuses: readonly number[], requests = serviceRequests): Subject => {
    const load = { url: target.url, connections, rate, isVisit: benchmark.isVisit ?? false };
    const run: Subject['run'] = async (seconds) => {
      const headers = headersFor(target, benchmark, await currentTag());
      const withHeaders = requests.map((request) => ({ ...request, headers: headers(request) }));
      const result = await setup.generator.run({ ...load, requests: withHeaders, seconds }, statuses);
      const { rate, requests: count, p50, p95, p99 } = result;
      return { rate, requests: count, p50, p95, p99 };
    };
    return { name: target.name, pid: target.pid, run };
  };

  const baselines = await Promise.all(
    benchmark.baselines.map(async (kind) => {
      if (kind === 'ceiling') return [subject(ceiling, benchmark.statuses)];
      if (kind === '1,000 stages') {
        const { service: smaller } = await setup.deployment(1_000);
        return [subject({ ...smaller, name: 'email-stage, 1,000 stages' }, benchmark.statuses)];
      }
      return Promise.all(
        peers.map(async (peer) =>
          subject(peer, benchmark.statuses, benchmark.requests({ ...fixtures, stageKeys: await stageKeys(peer) })),
        ),
      );
    }),
  );
  return [subject(service, isConditional ? [304] : benchmark.statuses), ...baselines.flat()];
}

function headersFor({ token }: Target, { isVisit }: Case, tag: string | undefined) {
  return ({ body }: Omit<LoadRequest, 'headers'>): Record<string, string> => ({
    ...(!isVisit && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(tag !== undefined && { 'if-none-match': tag }),
  });
}
