import { parseArgs } from 'node:util';

import type { Target } from './service.js';

export const usage = `usage: npm run bench -- [options]

Compares the service with plain Fastify and pg serving the same responses (the ceiling), with nodemailer, and with
peers: other services with the same API and data. Alternates between them over several rounds, then prints tables and
which goals are met. All processes listen on loopback, use their own database and are stopped at the end.

  --quick            short rounds: less than two minutes in total instead of five
  --only TEXT        run only cases whose names contain TEXT; "mails", "verifications"
                     and "start" are cases, too
  --peer NAME=URL    also measure the service at URL (repeatable). Names that contain "tuned" have the goals of tuned
                     peers
  --peer-token KEY   API token of the peers
  --soak MINUTES     afterwards record memory for this long, at 50 requests per second
  --plans            afterwards print PostgreSQL's query plans of the lists
  --output FILE      write the figures to FILE.json and the tables to FILE.md
  --help             print this help
`;

export interface Options {
  readonly isQuick: boolean;
  readonly only: string;
  readonly peers: readonly Target[];
  readonly soakMinutes: number;
  readonly hasPlans: boolean;
  readonly output: string | undefined;
}

/** Invalid command-line arguments; the message says which. */
export class UsageError extends Error {}

/**
 * Parses the command line.
 *
 * @returns undefined for `--help`
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const soakMinutes = Number(values.soak);
  if (!Number.isInteger(soakMinutes) || soakMinutes < 0) throw new UsageError('--soak takes a whole number of minutes');
  const peers = values.peer.map((peer) => {
    const [, name, url] = /^([^=]+)=(https?:\/\/[^/]+)\/?$/.exec(peer) ?? [];
    if (name === undefined || url === undefined) throw new UsageError(`--peer takes NAME=URL, not ${peer}`);
    return { name, url, token: values['peer-token'] };
  });
  return {
    isQuick: values.quick,
    only: values.only,
    peers,
    soakMinutes,
    hasPlans: values.plans,
    output: values.output,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        peer: { type: 'string', multiple: true, default: [] },
        'peer-token': { type: 'string', default: '' },
        soak: { type: 'string', default: '0' },
        plans: { type: 'boolean', default: false },
        output: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
