import { parseArgs } from 'node:util';

/** Starts the service. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  // After the arguments are checked, because it loads the service.
  const { start } = await import('../start.js');
  await start();
}
