import { deleteCreated } from './api.js';
import { cases } from './cases.js';
import type { Cleanups } from './cleanups.js';
import { contendersOf } from './contenders.js';
import { afterAll } from './goals.js';
import { mailContenders } from './mail.js';
import { compare, type Effort } from './measure.js';
import type { Options } from './options.js';
import { type Plan, readPlans } from './plans.js';
import { usageOf } from './processes.js';
import { QuietMachine } from './quiet.js';
import type { Moment, Row } from './report.js';
import { Setup } from './setup.js';
import { soak } from './soak.js';
import { measureStarts } from './starts.js';

const quick = { rounds: 2, seconds: 0.6, warmUp: 0.8, patience: 10 };
const thorough = { rounds: 3, seconds: 1.5, warmUp: 1, patience: 20 };

/** The figures. */
export interface Figures {
  readonly rows: readonly Row[];
  readonly moments: readonly Moment[];
  readonly plans: readonly Plan[];
}

/** Callbacks for the progress of a run. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Is given all figures that there are, whenever there are more. */
  readonly keep: (figures: Figures) => Promise<void>;
}

/** Measures what the options ask for. */
export async function run(options: Options, cleanups: Cleanups, { report, keep }: Progress): Promise<Figures> {
  const { patience, ...work } = options.isQuick ? quick : thorough;
  const machine = new QuietMachine(patience);
  const effort: Effort = { ...work, quiet: () => machine.wait() };
  const rows: Row[] = [];
  const moments: Moment[] = [];
  const isWanted = (name: string): boolean => name.includes(options.only);
  report('Starting the database');
  const setup = await Setup.begin(cleanups);

  if (isWanted('start')) {
    report('start');
    moments.push(...(await measureStarts(setup, effort.rounds)));
    for (const { moment, ready = 0 } of moments) report(`  ${moment}: ${(ready / 1000).toFixed(2)} s`);
  }

  const measure = async (name: string, contenders: Parameters<typeof compare>[1]): Promise<void> => {
    const measured = await compare(name, contenders, effort, setup.postmaster);
    for (const { what, rate = 0 } of measured) report(`  ${what}: ${rate.toFixed(0)}/s`);
    rows.push(...measured);
    await keep({ rows, moments, plans: [] });
  };
  for (const each of cases.filter(({ name }) => isWanted(name))) {
    report(each.name);
    const contenders = await contendersOf(each, setup, options.peers);
    if (contenders.length === 0) report('  not measured: the service gives no ETag');
    else await measure(each.name, contenders);
    if (each.name !== 'create') continue;
    // One after the other: peers may share a database.
    for (const target of [(await setup.site(each.among)).service, ...options.peers]) await deleteCreated(target);
  }

  if (isWanted('mails') || options.soakMinutes > 0) {
    const { service, databaseUrl } = await setup.site(1_000);
    const mails = await mailContenders(service, databaseUrl, setup.mailPort, cleanups);
    if (isWanted('mails')) {
      report('mails');
      await measure('mails', mails.many);
      await measure('mails, one at a time', mails.one);
    }
    const usage = await usageOf(service.pid);
    if (options.only === '') moments.push({ moment: afterAll, rss: usage?.rss, highest: usage?.highest });
    if (options.soakMinutes > 0) {
      report(`soak of ${options.soakMinutes} minutes`);
      moments.push(...(await soak(setup, mails, options.soakMinutes, report)));
    }
  }
  if (options.hasPlans) report('plans');
  const plans = options.hasPlans ? await readPlans(setup) : [];
  return { rows, moments, plans };
}
