import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { TokenService } from '../core/tokens/token.service.js';
import { CommandError, UsageError } from './command-error.js';
import { refuse } from './refuse.js';
import { withApp } from './with-app.js';

const options = {
  description: { type: 'string', default: 'Created on the command line' },
  'no-expiry': { type: 'boolean', default: false },
} as const;

/** Creates an API token and prints its key. Standard output has nothing else, for use in scripts. */
export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [username, ...more] = positionals;
  if (username === undefined || more.length > 0) throw new UsageError('Give exactly one user name.');
  const { settings: configured } = readSettings(environment());
  // It runs no jobs. The log would clutter the output.
  const settings = { ...configured, role: 'api', logLevel: 'fatal' } as const;
  await withApp(settings, report, async ({ nest }) => {
    const expiring = !values['no-expiry'];
    const tokens = nest.get(TokenService, { strict: false });
    const key = await tokens.createForUser(username, values.description, expiring).catch(refuse);
    if (key === undefined) throw new CommandError(`There is no active user '${username}'`);
    process.stdout.write(`${key}\n`);
  });
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
