import { readFile } from 'node:fs/promises';

import { call } from './api.js';
import { cases } from './cases.js';
import { execute } from './seed.js';
import { startService } from './service.js';
import type { Setup } from './setup.js';

/** How PostgreSQL went about the statement that took longest of a request, as `explain analyze` shows it. */
export interface Plan {
  readonly case: string;
  readonly plan: string;
}

/** Requests after which a statement's plan is the one that goes on to be used. */
const settled = 10;

/** What has PostgreSQL write the plan of every statement into its log. */
const explaining = [
  ['session_preload_libraries', 'auto_explain'],
  ['auto_explain.log_min_duration', '0'],
  ['auto_explain.log_analyze', 'on'],
] as const;

/** The plans of the service's own statements for what is read. */
export async function readPlans(setup: Setup): Promise<Plan[]> {
  const plans: Plan[] = [];
  const read = cases.filter(({ compared, isRepeated }) => compared.includes('ceiling') && !isRepeated);
  for (const among of [1_000, 100_000] as const) {
    const { databaseUrl, environment, known } = await setup.site(among);
    const name = new URL(databaseUrl).pathname.slice(1);
    await execute(
      databaseUrl,
      explaining.map(([key, value]) => `alter database "${name}" set ${key} = '${value}'`),
    );
    // Its connections are new ones, and have these settings.
    const service = await startService(`plans-${among}`, setup.folder, { ...environment, ROLE: 'api' }, setup.cleanups);
    for (const each of read.filter((one) => one.among === among)) {
      const [{ path } = { path: '' }] = each.requests(known);
      const ask = (time: number): Promise<unknown> => call(service, 'GET', path.replace('[<id>]', String(time)));
      for (let time = 1; time < settled; time += 1) await ask(time);
      const logged = (await readFile(setup.databaseLog)).length;
      await ask(settled);
      const log = (await readFile(setup.databaseLog)).subarray(logged).toString();
      plans.push(...longest(log).map((plan) => ({ case: each.name, plan })));
    }
    await service.stop();
    await execute(
      databaseUrl,
      explaining.map(([key]) => `alter database "${name}" reset ${key}`),
    );
  }
  return plans;
}

/** The plan of the statement that took longest, without the statement; none if there is none in the log. */
export function longest(log: string): string[] {
  const entries = [...log.matchAll(/duration: (\S+) ms {2}plan:\n((?:\t.*\n)+)/g)].map(([, time, text = '']) => ({
    time: Number(time),
    // The statement comes first, and goes on to where the plan begins.
    plan: text
      .replaceAll(/^\t/gm, '')
      .replace(/^Query Text:[^]*?(?=^\S.*\(cost=)/m, '')
      .replaceAll(/ {2}\(cost=.*?\) (?=\(actual)/g, ' ')
      .trimEnd(),
  }));
  entries.sort((a, b) => b.time - a.time);
  return entries.slice(0, 1).map(({ plan }) => plan);
}
