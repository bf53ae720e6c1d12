import { parseArgs } from 'node:util';

import { start } from '../start.js';

/** Starts the service. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  await start();
}
