import { join } from 'node:path';

import { secondStart } from './goals.js';
import { usageOf } from './processes.js';
import { median, type Moment } from './report.js';
import { startService } from './service.js';
import type { Setup } from './setup.js';

/**
 * Measures the time from process start to readiness, and the memory then: of the first start, which installs the
 * embedded database, and the medians of `times` further starts.
 */
export async function measureStarts(setup: Setup, times: number): Promise<Moment[]> {
  const environment = { DATA_DIR: join(setup.folder, 'starts') };
  const start = async (moment: string): Promise<{ moment: string; ready: number; rss: number }> => {
    const service = await startService(moment, setup.folder, environment, setup.cleanups);
    const usage = await usageOf(service.pid);
    await service.stop();
    return { moment, ready: service.startupMs, rss: usage?.rss ?? Number.NaN };
  };
  const first = await start('first start');
  const further = [];
  for (let time = 0; time < times; time += 1) further.push(await start(secondStart));
  return [
    first,
    {
      moment: secondStart,
      ready: median(further.map(({ ready }) => ready)),
      rss: median(further.map(({ rss }) => rss)),
    },
  ];
}
