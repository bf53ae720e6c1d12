import { parseArgs } from 'node:util';

import type { Target } from './service.js';

export const usage = `usage: npm run bench -- [options]

Measures the service beside plain Fastify and pg answering the same (the ceiling), beside nodemailer's own pool, and
beside other services that have the same API and data: in turn, several times. Prints tables, and which goals are met.
Everything it starts listens on loopback only, works on a database of its own, and is ended again.

  --quick            short rounds of each case: less than two minutes in all, instead of five
  --only WORD        only what has this in its name: cases, "mails", "start"
  --peer NAME=URL    also measure the service there; may be given more than once. One with "tuned" in its name counts
                     for the goals of tuned peers
  --peer-token KEY   its API token
  --soak MINUTES     then watch memory for so long, at 50 requests a second
  --plans            then show how PostgreSQL goes about the lists
  --output FILE      write the figures to FILE.json and the tables to FILE.md
  --help             show this
`;

export interface Options {
  readonly isQuick: boolean;
  readonly only: string;
  readonly peers: readonly Target[];
  readonly soakMinutes: number;
  readonly hasPlans: boolean;
  readonly output: string | undefined;
}

/** What the command line cannot mean. */
export class UsageError extends Error {}

/**
 * @returns undefined if help is asked for
 * @throws UsageError
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  const soakMinutes = Number(given.soak);
  if (!Number.isInteger(soakMinutes) || soakMinutes < 0) throw new UsageError('--soak takes a number of minutes');
  const peers = given.peer.map((peer) => {
    const [, name, url] = /^([^=]+)=(https?:\/\/[^/]+)\/?$/.exec(peer) ?? [];
    if (name === undefined || url === undefined) throw new UsageError(`--peer takes NAME=URL, not ${peer}`);
    return { name, url, token: given['peer-token'] };
  });
  return {
    isQuick: given.quick,
    only: given.only,
    peers,
    soakMinutes,
    hasPlans: given.plans,
    output: given.output,
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
