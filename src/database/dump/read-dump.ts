import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { from as copyFrom } from 'pg-copy-streams';

import { DatabaseClient } from '../database-client.js';
import { type DumpHeader, endOfRows, lastLine, parseFirstLine } from './dump-format.js';

/** The file is not a complete dump. */
export class DumpError extends Error {
  override readonly name = 'DumpError';
}

/** Returns the header of a dump. @throws DumpError for another file */
export async function readHeader(file: string): Promise<DumpHeader> {
  const lines = linesOf(file);
  const { value } = await lines.next();
  await lines.return(undefined);
  const header = parseFirstLine(value);
  if (header === undefined) throw new DumpError(`${file} is not a dump of email-stage`);
  return header;
}

/**
 * Replaces the rows of all tables by those of a dump, in one transaction. Needs a superuser: it bypasses triggers and the
 * checks of foreign keys.
 *
 * @param url a database with the migrations of the dump
 * @throws DumpError if the file is not complete
 */
export async function loadDump(url: string, file: string): Promise<void> {
  const client = new DatabaseClient({ connectionString: url, application_name: 'email-stage restore' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    const lines = linesOf(file);
    await lines.next();
    for (;;) {
      const { value: line } = await lines.next();
      if (line === lastLine) break;
      await loadPart(client, line, lines, file);
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function loadPart(
  client: DatabaseClient,
  line: string | undefined,
  lines: AsyncGenerator<string, undefined>,
  file: string,
): Promise<void> {
  const [, table] = /^COPY (public\.\S+) \(.*\) FROM stdin;$/.exec(line ?? '') ?? [];
  if (line !== undefined && table !== undefined) {
    // A migration can have inserted rows.
    await client.query(`delete from ${table}`);
    await pipeline(Readable.from(rowsOf(lines, file)), client.query(copyFrom(line)));
  } else if (line?.startsWith('SELECT setval(') === true) await client.query(line);
  else throw new DumpError(`${file} is not complete or not a dump`);
}

async function* rowsOf(lines: AsyncGenerator<string, undefined>, file: string): AsyncGenerator<string> {
  for (;;) {
    const { value: row } = await lines.next();
    if (row === undefined) throw new DumpError(`${file} is not complete`);
    if (row === endOfRows) return;
    yield `${row}\n`;
  }
}

/** Reads the lines of a compressed file. Only `\n` ends a line: `readline` takes other characters too. */
async function* linesOf(file: string): AsyncGenerator<string, undefined> {
  const source = createReadStream(file);
  const text = source.pipe(createGunzip()).setEncoding('utf8');
  source.on('error', (error) => text.destroy(error));
  let rest = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new DumpError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  } finally {
    source.destroy();
    text.destroy();
  }
  return undefined;
}
