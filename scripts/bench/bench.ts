import 'reflect-metadata';

import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';

import { Cleanups } from './cleanups.js';
import { goalColumns, goalsOf } from './goals.js';
import { type Options, readOptions, usage, UsageError } from './options.js';
import { caseColumns, momentColumns, table } from './report.js';
import { type Figures, run } from './run.js';

async function bench(options: Options, cleanups: Cleanups): Promise<void> {
  if ((loadavg()[0] ?? 0) > cpus().length / 4)
    console.log('The machine is busy with other programs: results will be too low.');
  const save = async (figures: Figures): Promise<void> => {
    if (options.output === undefined) return;
    const goals = goalsOf(figures.rows, figures.moments);
    const text = JSON.stringify({ machine: machine(), ...figures, goals }, null, 2);
    await writeFile(`${options.output}.json`, `${text}\n`);
    await writeFile(`${options.output}.md`, `${tables(figures)}\n`);
  };
  const figures = await run(options, cleanups, { report, save });
  await save(figures);
  console.log(`\n${tables(figures)}`);
}

function tables({ rows, moments, plans }: Figures): string {
  const goals = goalsOf(rows, moments);
  return [
    machine(),
    ...(rows.length > 0 ? [table(caseColumns, rows)] : []),
    ...(moments.length > 0 ? [table(momentColumns, moments)] : []),
    ...(goals.length > 0 ? [table(goalColumns, goals)] : []),
    ...plans.map(({ case: name, plan }) => `${name}\n\n${plan.replaceAll(/^/gm, '    ')}`),
  ].join('\n\n');
}

/** Prints a progress line, prefixed with the seconds since the start. */
function report(line: string): void {
  console.log(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}`);
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? ''}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`;
}

const cleanups = new Cleanups();
const stop = (): void => {
  if (cleanups.hasStarted) return;
  console.error('Shutting down');
  void cleanups.run().then(() => process.exit(130));
};
process.on('SIGINT', stop).on('SIGTERM', stop);
try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(usage);
  else await bench(options, cleanups);
} catch (error) {
  // After an interrupt, errors only come from the shutdown.
  if (!cleanups.hasStarted) console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error);
  process.exitCode = 1;
} finally {
  await cleanups.run();
}
