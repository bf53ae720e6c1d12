import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { inject } from 'vitest';

import type { TestApp } from './test-app.js';

/** What a command printed. */
export interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs `email-stage email:test` of the compiled service on the database of an application.
 *
 * @param folder DATA_DIR
 * @param environment settings by name; none is inherited
 */
export function runEmailTest(
  app: TestApp,
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const { url } = app.dataSource.options as { url: string };
  const { PATH = '' } = process.env;
  const settings = { DATABASE_URL: url, SECRET_KEY: 'secret-key-of-the-tests-0123456789', DATA_DIR: folder };
  const command = ['--enable-source-maps', join(inject('compiledSources'), 'main.js'), 'email:test', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { PATH, ...settings, ...environment } }, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
  });
}
