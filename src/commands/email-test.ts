import { parseArgs } from 'node:util';

import { environment, readSettings } from '../config/read-settings.js';
import { UsageError } from './command-error.js';
import type { TestMail } from './send-test-mail.js';

/** Sends the mail of the command line, and prints what becomes of it. */
export async function run(args: string[]): Promise<void> {
  const mail = readCommand(args);
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
  const { settings, warnings } = readSettings(environment());
  for (const warning of warnings) print(warning);
  // After the arguments are checked, because it loads the service.
  const { sendTestMail } = await import('./send-test-mail.js');
  process.exitCode = (await sendTestMail(settings, mail, print, interruption.signal)) ? 0 : 1;
}

function readCommand(args: string[]): TestMail {
  const text = { type: 'string' } as const;
  const options = { stage: text, template: text, locale: text, wait: { ...text, default: '120' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { stage, template, locale, wait } = values;
  const [to, ...more] = positionals;
  if (to === undefined || more.length > 0) throw new UsageError('Give exactly one address.');
  if (!/^\d{1,6}$/.test(wait)) throw new UsageError('--wait must be a number of seconds.');
  return { fields: { to, template, locale }, stage, wait: Number(wait) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
