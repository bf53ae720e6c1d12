/*
 * A dump is text, compressed by gzip. Apart from its first line it is what pg_dump writes for rows, so that psql can read
 * it too: COPY statements with their rows, then statements that set sequences.
 */

const prefix = '-- email-stage dump 1 ';

/** The line after the rows of a table. */
export const endOfRows = '\\.';

/** The line at the end of a complete dump. */
export const lastLine = '-- complete';

/** What the first line says. */
export interface DumpHeader {
  /** The migrations that the dumped database had, oldest first. */
  readonly migrations: readonly string[];
}

/** Returns the first line of a dump. */
export function firstLine(header: DumpHeader): string {
  return prefix + JSON.stringify(header);
}

/** Reads the first line of a dump; undefined for another file. */
export function parseFirstLine(line: string | undefined): DumpHeader | undefined {
  return line?.startsWith(prefix) === true ? (JSON.parse(line.slice(prefix.length)) as DumpHeader) : undefined;
}
