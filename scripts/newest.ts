import { closeSync, openSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a file is missing, or older than a file or folder of `sources`, at any depth. */
export function isOlder(file: string, sources: readonly string[]): boolean {
  const time = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return sources.some((source) => newestTime(source) >= time);
}

/** Creates a file with this time of its last change, or changes the time. */
export function touch(file: string, time: Date): void {
  closeSync(openSync(file, 'a'));
  utimesSync(file, time, time);
}

/** Returns the time of the last change in milliseconds: 0 if there is no such file. The time of a folder shows deletions. */
function newestTime(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  const inside = stat.isDirectory() ? readdirSync(path).map((name) => newestTime(join(path, name))) : [];
  return Math.max(stat.mtimeMs, ...inside);
}
