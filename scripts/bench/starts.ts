import { join } from 'node:path';

import { secondStart } from './goals.js';
import { usageOf } from './processes.js';
import { median, type Moment } from './report.js';
import { startService } from './service.js';
import type { Setup } from './setup.js';

/**
 * How long the service takes from the start of its process until it says that it is ready, and what memory it has then:
 * the first time, when it installs its embedded database, and the next times.
 */
export async function measureStarts(setup: Setup, times: number): Promise<Moment[]> {
  const environment = { DATA_DIR: join(setup.folder, 'starts') };
  const start = async (moment: string): Promise<{ moment: string; ready: number; rss: number }> => {
    const service = await startService(moment, setup.folder, environment, setup.cleanups);
    const usage = await usageOf(service.pid);
    await service.stop();
    return { moment, ready: service.startTime, rss: usage?.rss ?? Number.NaN };
  };
  const first = await start('first start');
  const next = [];
  for (let time = 0; time < times; time += 1) next.push(await start(secondStart));
  return [
    first,
    { moment: secondStart, ready: median(next.map(({ ready }) => ready)), rss: median(next.map(({ rss }) => rss)) },
  ];
}
