import { readFile } from 'node:fs/promises';

import { call } from './api.js';
import { cases } from './cases.js';
import { execute } from './seed.js';
import { startService } from './service.js';
import type { Setup } from './setup.js';

/** Plan of a request's slowest statement, in the format of `explain analyze`. */
export interface Plan {
  readonly case: string;
  readonly plan: string;
}

/** Requests after which PostgreSQL keeps a prepared statement's generic plan. */
const warmUpRequests = 10;

/** Settings that make PostgreSQL log the plan of every statement. */
const explainSettings = [
  ['session_preload_libraries', 'auto_explain'],
  ['auto_explain.log_min_duration', '0'],
  ['auto_explain.log_analyze', 'on'],
] as const;

/** Returns the plans of the service's statements in cases that read. */
export async function readPlans(setup: Setup): Promise<Plan[]> {
  const plans: Plan[] = [];
  const readCases = cases.filter(({ baselines, isRepeated }) => baselines.includes('ceiling') && !isRepeated);
  for (const stageCount of [1_000, 100_000] as const) {
    const { databaseUrl, environment, fixtures } = await setup.deployment(stageCount);
    const name = new URL(databaseUrl).pathname.slice(1);
    await execute(
      databaseUrl,
      explainSettings.map(([key, value]) => `alter database "${name}" set ${key} = '${value}'`),
    );
    // A new process, because the settings apply to new connections only.
    const service = await startService(
      `plans-${stageCount}`,
      setup.folder,
      { ...environment, ROLE: 'api' },
      setup.cleanups,
    );
    for (const each of readCases.filter((readCase) => readCase.stageCount === stageCount)) {
      const [{ path } = { path: '' }] = each.requests(fixtures);
      const send = (id: number): Promise<unknown> => call(service, 'GET', path.replace('[<id>]', String(id)));
      for (let id = 1; id < warmUpRequests; id += 1) await send(id);
      const logged = (await readFile(setup.databaseLog)).length;
      await send(warmUpRequests);
      const log = (await readFile(setup.databaseLog)).subarray(logged).toString();
      plans.push(...slowestPlan(log).map((plan) => ({ case: each.name, plan })));
    }
    await service.stop();
    await execute(
      databaseUrl,
      explainSettings.map(([key]) => `alter database "${name}" reset ${key}`),
    );
  }
  return plans;
}

/** Returns the plan of the slowest logged statement, without its text and estimates; empty if none is logged. */
export function slowestPlan(log: string): string[] {
  const entries = [...log.matchAll(/duration: (\S+) ms {2}plan:\n((?:\t.*\n)+)/g)].map(([, time, text = '']) => ({
    time: Number(time),
    // Drops the statement, which precedes the plan and may span lines.
    plan: text
      .replaceAll(/^\t/gm, '')
      .replace(/^Query Text:[^]*?(?=^\S.*\(cost=)/m, '')
      .replaceAll(/ {2}\(cost=.*?\) (?=\(actual)/g, ' ')
      .trimEnd(),
  }));
  entries.sort((a, b) => b.time - a.time);
  return entries.slice(0, 1).map(({ plan }) => plan);
}
