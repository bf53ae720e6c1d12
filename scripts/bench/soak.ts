import { deleteCreated } from './api.js';
import { cases } from './cases.js';
import { contendersOf } from './contenders.js';
import { soakMinute } from './goals.js';
import type { MailContenders } from './mail.js';
import { usageOf } from './processes.js';
import { median, type Moment } from './report.js';
import type { Setup } from './setup.js';

/** Requests a second: little enough to leave the machine to others, enough to find what leaks. */
const rate = 50;

/**
 * Lets the service answer all kinds of requests in turn, and send mails, for so many minutes.
 *
 * @returns its memory in each of them
 */
export async function soak(
  setup: Setup,
  mails: MailContenders,
  minutes: number,
  report: (line: string) => void,
): Promise<Moment[]> {
  const { service } = await setup.site(1_000);
  const kinds = cases.filter(({ among }) => among === 1_000);
  const firsts = (await Promise.all(kinds.map((each) => contendersOf(each, setup, [], rate)))).flatMap(
    ([first]) => first ?? [],
  );
  const turns = [
    ...firsts.map(
      ({ work }) =>
        () =>
          work(4),
    ),
    () => mails.many[0]?.work(0.5),
  ];
  const moments: Moment[] = [];
  let minute = performance.now();
  let samples: number[] = [];
  for (let turn = 0; moments.length < minutes; turn += 1) {
    await turns[turn % turns.length]?.();
    await deleteCreated(service);
    const usage = await usageOf(service.pid);
    if (usage === undefined) return [];
    samples.push(usage.rss);
    if (performance.now() - minute < 60_000) continue;
    moments.push({ moment: soakMinute(moments.length + 1), rss: median(samples), highest: usage.highest });
    report(`  minute ${moments.length} of ${minutes}: ${median(samples).toFixed(0)} MB`);
    minute = performance.now();
    samples = [];
  }
  return moments;
}
