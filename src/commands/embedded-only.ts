import type { Settings } from '../config/settings.js';
import { CommandError, UsageError } from './command-error.js';

/** @throws CommandError with DATABASE_URL, that names the program of PostgreSQL to use instead */
export function requireEmbedded({ databaseUrl }: Settings, instead: string): void {
  if (databaseUrl === undefined) return;
  throw new CommandError(`This command is for the embedded server, and DATABASE_URL is set. Use ${instead}.`);
}

/** Returns the one argument, a file. @throws UsageError for none or several */
export function fileArgument([file, ...more]: string[]): string {
  if (file === undefined || more.length > 0) throw new UsageError('Give exactly one file.');
  return file;
}
