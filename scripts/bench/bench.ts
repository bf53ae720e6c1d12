import 'reflect-metadata';

import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { startEmbeddedDatabase } from '../../src/database/embedded-database.js';
import { cases, deepPage, deleteCreated, listOf20, stageKeys } from './cases.js';
import { Cleanups } from './cleanups.js';
import { compare, type Effort } from './measure.js';
import { type Row, table } from './report.js';
import { createDatabase } from './seed.js';
import { type RunningService, startCeiling, startService, type Target } from './service.js';

const usage = `usage: npm run bench -- [options]

Measures the service beside plain Fastify and pg, and beside other services that have the same API and data, in turn.
Everything it starts listens on loopback only, works on a database of its own, and is ended again.

  --quick            one short round of each case, less than two minutes in all
  --only WORD        the cases with this in their name
  --peer NAME=URL    also measure the service there; may be given more than once
  --peer-token KEY   its API token
  --output FILE      write the figures to FILE.json and the table to FILE.md
`;

const options = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  peer: { type: 'string', multiple: true, default: [] as string[] },
  'peer-token': { type: 'string', default: '' },
  output: { type: 'string' },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const secretKey = 'secret-key-of-benchmarks-0123456789';

async function run(given: Options, cleanups: Cleanups): Promise<void> {
  const effort: Effort = given.quick ? { rounds: 1, seconds: 2, warmUp: 1 } : { rounds: 3, seconds: 10, warmUp: 3 };
  if ((loadavg()[0] ?? 0) > cpus().length / 4)
    tell('Other programs are busy on this machine: figures will be too low.');
  const folder = await mkdtemp(join(tmpdir(), 'email-stage-bench-'));
  // As root the database server runs as another user, who must get through.
  await chmod(folder, 0o755);
  cleanups.add(() => rm(folder, { recursive: true }));
  const rows: Row[] = [];
  const add = (...more: Row[]): void => {
    rows.push(...more);
    for (const row of more) tell(`  ${row.what}: ${row.rate?.toFixed(0) ?? ''}/s`);
  };

  tell('Starting a database with 1,000 stages and one with 100,000');
  const server = await startEmbeddedDatabase({ dataDir: folder, report: () => undefined });
  cleanups.add(() => server.stop());
  const postmaster = Number(readFileSync(join(server.directory, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  const [small, large] = [await createDatabase(server.url, 1000), await createDatabase(server.url, 100_000)];
  const start = async (name: string, url: string): Promise<RunningService> => {
    const service = await startService(name, folder, { DATABASE_URL: url, SECRET_KEY: secretKey });
    cleanups.add(() => service.stop());
    return service;
  };
  const service = await start('email-stage', small);
  const ceiling = await startCeiling(small, service.token);
  cleanups.add(() => ceiling.stop());
  const comparisons = { ceiling: [ceiling as Target], peer: peersOf(given) };
  const wanted = ({ name }: { name: string }): boolean => name.includes(given.only);

  for (const each of cases.filter(wanted)) {
    tell(each.name);
    const targets: Target[] = [service, ...each.compared.flatMap((kind) => comparisons[kind])];
    const known = await Promise.all(
      targets.map(async (target) => ({ target, keys: await stageKeys(target.url === ceiling.url ? service : target) })),
    );
    add(...(await compare(each, known, effort, postmaster)));
    if (each.name === 'create') await Promise.all(targets.map(deleteCreated));
  }

  const among = await start('email-stage, 100,000 stages', large);
  const list = { name: 'list of 20', status: 200, requests: () => listOf20 };
  const keys: string[] = [];
  for (const [name, targets] of [
    ['list of 20 among 100,000', [among, service]],
    ['page 1,000 of 20 among 100,000', [among]],
  ] as const) {
    if (!wanted({ name })) continue;
    tell(name);
    const requests = name.startsWith('page') ? (): typeof deepPage => deepPage : list.requests;
    add(
      ...(await compare(
        { ...list, name, requests },
        targets.map((target) => ({ target, keys })),
        effort,
        postmaster,
      )),
    );
  }

  const text = table(rows);
  tell(`\n${machine()}\n\n${text}`);
  if (given.output === undefined) return;
  await writeFile(`${given.output}.json`, `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
  await writeFile(`${given.output}.md`, `${machine()}\n\n${text}\n`);
}

function peersOf(given: Options): Target[] {
  return given.peer.map((peer) => {
    const [name = '', url = ''] = peer.split(/=(?=http)/);
    return { name, url: url.replace(/\/$/, ''), token: given['peer-token'] };
  });
}

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? ''}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`;
}

function tell(line: string): void {
  console.log(line);
}

const cleanups = new Cleanups();
const stop = (): void => void cleanups.run().then(() => process.exit(1));
process.on('SIGINT', stop).on('SIGTERM', stop);
try {
  await run(parseArgs({ options }).values, cleanups);
} catch (error) {
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  console.error(isUsage ? `${(error as Error).message}\n\n${usage}` : error);
  process.exitCode = 1;
} finally {
  await cleanups.run();
}
