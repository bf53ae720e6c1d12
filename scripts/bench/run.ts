import { deleteCreated } from './api.js';
import { cases } from './cases.js';
import type { Cleanups } from './cleanups.js';
import { afterAll } from './goals.js';
import { IdleWaiter } from './idle.js';
import { mailSubjects } from './mail.js';
import { compare, type Schedule } from './measure.js';
import type { Options } from './options.js';
import { type Plan, readPlans } from './plans.js';
import { usageOf } from './processes.js';
import type { Moment, Row } from './report.js';
import { Setup } from './setup.js';
import { soak } from './soak.js';
import { measureStarts } from './starts.js';
import { subjectsOf } from './subjects.js';
import { verificationSubject } from './verifications.js';

const quick = { rounds: 2, seconds: 0.6, warmUp: 0.8, idleTimeout: 10 };
const thorough = { rounds: 3, seconds: 1.5, warmUp: 1, idleTimeout: 20 };

/** All results of a benchmark run. */
export interface Figures {
  readonly rows: readonly Row[];
  readonly moments: readonly Moment[];
  readonly plans: readonly Plan[];
}

/** Callbacks for the progress of a run. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Called with all figures so far after each measurement. */
  readonly save: (figures: Figures) => Promise<void>;
}

/** Runs the selected cases and returns their figures. */
export async function run(options: Options, cleanups: Cleanups, { report, save }: Progress): Promise<Figures> {
  const { idleTimeout, ...rounds } = options.isQuick ? quick : thorough;
  const idle = new IdleWaiter(idleTimeout);
  const schedule: Schedule = { ...rounds, waitForIdle: () => idle.wait() };
  const rows: Row[] = [];
  const moments: Moment[] = [];
  const isSelected = (name: string): boolean => name.includes(options.only);
  report('Starting the database');
  const setup = await Setup.start(cleanups);

  if (isSelected('start')) {
    report('start');
    moments.push(...(await measureStarts(setup, schedule.rounds)));
    for (const { moment, ready = 0 } of moments) report(`  ${moment}: ${(ready / 1000).toFixed(2)} s`);
  }

  const measure = async (name: string, subjects: Parameters<typeof compare>[1]): Promise<void> => {
    const measured = await compare(name, subjects, schedule, setup.postmaster);
    for (const { target, rate = 0 } of measured) report(`  ${target}: ${rate.toFixed(0)}/s`);
    rows.push(...measured);
    await save({ rows, moments, plans: [] });
  };
  for (const each of cases.filter(({ name }) => isSelected(name))) {
    report(each.name);
    const subjects = await subjectsOf(each, setup, options.peers);
    if (subjects.length === 0) report('  skipped: the service sends no ETag');
    else await measure(each.name, subjects);
    if (each.name !== 'create') continue;
    // Sequentially, because peers may share a database.
    for (const target of [(await setup.deployment(each.stageCount)).service, ...options.peers])
      await deleteCreated(target);
  }

  if (isSelected('verifications')) {
    report('verifications');
    const { service } = await setup.deployment(1_000);
    await measure('verifications', [verificationSubject(service)]);
  }

  if (isSelected('mails') || options.soakMinutes > 0) {
    const { service, databaseUrl } = await setup.deployment(1_000);
    const mails = await mailSubjects(service, databaseUrl, setup.mailPort, cleanups);
    if (isSelected('mails')) {
      report('mails');
      await measure('mails', mails.batch);
      await measure('mails, one at a time', mails.sequential);
    }
    const usage = await usageOf(service.pid);
    if (options.only === '') moments.push({ moment: afterAll, rss: usage?.rss, peak: usage?.peak });
    if (options.soakMinutes > 0) {
      report(`soak of ${options.soakMinutes} minutes`);
      moments.push(...(await soak(setup, mails, options.soakMinutes, report)));
    }
  }
  if (options.hasPlans) report('plans');
  const plans = options.hasPlans ? await readPlans(setup) : [];
  return { rows, moments, plans };
}
