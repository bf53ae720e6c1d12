import { run as runStart } from './start-command.js';

/** Starts the service with ROLE=worker; the variable of the environment has no effect. */
export async function run(args: string[]): Promise<void> {
  process.env['ROLE'] = 'worker';
  await runStart(args);
}
