import { entityTag, requireSameAnswer, stageKeys } from './api.js';
import type { Case } from './cases.js';
import type { LoadRequest } from './load.js';
import type { Contender } from './measure.js';
import type { Target } from './service.js';
import type { Setup } from './setup.js';

const connections = 10;

/** The service, and what it is compared with in this case; nobody if it cannot answer what the case asks. */
export async function contendersOf(
  each: Case,
  setup: Setup,
  peers: readonly Target[],
  rate?: number,
): Promise<Contender[]> {
  const { service, ceiling, known } = await setup.site(each.among);
  const asked = each.requests(known);
  const [{ method, path } = { method: '', path: '' }] = asked;
  const currentTag = async (): Promise<string | undefined> =>
    each.isConditional ? entityTag(service, path) : undefined;
  const isAnsweredBriefly = (await currentTag()) !== undefined;
  if (each.isConditional && !isAnsweredBriefly) return [];
  if (each.compared.includes('ceiling') && method === 'GET') await requireSameAnswer(service, ceiling, path);

  const contender = (target: Target, statuses: readonly number[], requests = asked): Contender => {
    const load = { url: target.url, connections, rate, isVisit: each.isVisit ?? false };
    const work: Contender['work'] = async (seconds) => {
      const headers = headersFor(target, each, await currentTag());
      const sent = requests.map((request) => ({ ...request, headers: headers(request) }));
      const result = await setup.generator.send({ ...load, requests: sent, seconds }, statuses);
      const { rate, requests: count, p50, p95, p99 } = result;
      return { rate, requests: count, p50, p95, p99 };
    };
    return { name: target.name, pid: target.pid, work };
  };

  const others = await Promise.all(
    each.compared.map(async (kind) => {
      if (kind === 'ceiling') return [contender(ceiling, each.statuses)];
      if (kind === '1,000 stages') {
        const { service: other } = await setup.site(1_000);
        return [contender({ ...other, name: 'email-stage, 1,000 stages' }, each.statuses)];
      }
      return Promise.all(
        peers.map(async (peer) =>
          contender(peer, each.statuses, each.requests({ ...known, keys: await stageKeys(peer) })),
        ),
      );
    }),
  );
  return [contender(service, isAnsweredBriefly ? [304] : each.statuses), ...others.flat()];
}

function headersFor({ token }: Target, { isVisit }: Case, tag: string | undefined) {
  return ({ body }: Omit<LoadRequest, 'headers'>): Record<string, string> => ({
    ...(!isVisit && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(tag !== undefined && { 'if-none-match': tag }),
  });
}
