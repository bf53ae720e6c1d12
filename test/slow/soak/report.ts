/** Prints a line with the time. */
export function report(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}
