import { deleteCreated } from './api.js';
import { cases } from './cases.js';
import { soakMinute } from './goals.js';
import type { MailSubjects } from './mail.js';
import { usageOf } from './processes.js';
import { median, type Moment } from './report.js';
import type { Setup } from './setup.js';
import { subjectsOf } from './subjects.js';

/** Requests per second: low enough to leave the machine usable, high enough to reveal leaks. */
const rate = 50;

/**
 * Runs all cases in turn against the service, and sends mails, for so many minutes.
 *
 * @returns the memory of the service in each minute
 */
export async function soak(
  setup: Setup,
  mails: MailSubjects,
  minutes: number,
  report: (line: string) => void,
): Promise<Moment[]> {
  const { service } = await setup.deployment(1_000);
  const soakCases = cases.filter(({ stageCount }) => stageCount === 1_000);
  const subjects = await Promise.all(soakCases.map((each) => subjectsOf(each, setup, [], rate)));
  const steps = [
    ...subjects.map(
      ([service]) =>
        () =>
          service?.run(4),
    ),
    () => mails.batch[0]?.run(0.5),
  ];
  const moments: Moment[] = [];
  let minuteStart = performance.now();
  let samples: number[] = [];
  for (let step = 0; moments.length < minutes; step += 1) {
    await steps[step % steps.length]?.();
    await deleteCreated(service);
    const usage = await usageOf(service.pid);
    if (usage === undefined) return [];
    samples.push(usage.rss);
    if (performance.now() - minuteStart < 60_000) continue;
    moments.push({ moment: soakMinute(moments.length + 1), rss: median(samples), peak: usage.peak });
    report(`  minute ${moments.length} of ${minutes}: ${median(samples).toFixed(0)} MB`);
    minuteStart = performance.now();
    samples = [];
  }
  return moments;
}
