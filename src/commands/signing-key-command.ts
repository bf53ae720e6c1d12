import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { SigningKeys } from '../verifications/signing/signing-keys.service.js';
import { withApp } from './with-app.js';

/** Replaces the key that signs results of verifications, and prints the identifier of the new one. */
export async function run(args: string[]): Promise<void> {
  parseArgs({ args });
  const { settings: configured } = readSettings(environment());
  // It runs no jobs. The log would clutter the output.
  const settings = { ...configured, role: 'api', logLevel: 'fatal' } as const;
  await withApp(settings, report, async ({ nest }) => {
    const key = await nest.get(SigningKeys, { strict: false }).rotate();
    process.stdout.write(`${key}\n`);
  });
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
