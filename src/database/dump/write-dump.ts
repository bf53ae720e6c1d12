import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { to as copyTo } from 'pg-copy-streams';

import { DatabaseClient } from '../database-client.js';
import { type DumpHeader, endOfRows, firstLine, lastLine } from './dump-format.js';

/** Tables whose rows mean nothing in another database: running processes, and transaction numbers of this server. */
const omitted = ['migration', 'node', 'revision'];

/**
 * Writes the rows of all tables to a compressed file: one consistent state, while the service may run. Jobs are not
 * included; workers add those of waiting mails again. The file appears when it is complete.
 *
 * @param file must not exist
 */
export async function writeDump(url: string, file: string): Promise<void> {
  const partial = `${file}.partial`;
  const client = new DatabaseClient({ connectionString: url, application_name: 'email-stage dump' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    // The dump holds secrets, sealed or hashed, and addresses.
    await pipeline(Readable.from(parts(client)), createGzip(), createWriteStream(partial, { mode: 0o600 }));
    const handle = await open(partial, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(partial, file);
  } finally {
    await client.end();
    await rm(partial, { force: true });
  }
}

async function* parts(client: DatabaseClient): AsyncGenerator<string | Buffer> {
  const { rows: done } = await client.query<{ name: string }>('select name from "migration" order by "timestamp"');
  const header: DumpHeader = { migrations: done.map(({ name }) => name) };
  yield `${firstLine(header)}\n`;
  const { rows: tables } = await client.query<{ name: string; columns: string }>(
    `select quote_ident(c.relname) as name,
            string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relname = any($1)
      group by c.relname order by c.relname`,
    [omitted],
  );
  for (const { name, columns } of tables) {
    yield `COPY public.${name} (${columns}) FROM stdin;\n`;
    yield* client.query(copyTo(`copy public.${name} (${columns}) to stdout`)) as AsyncIterable<Buffer>;
    yield `${endOfRows}\n`;
  }
  const { rows: sequences } = await client.query<{ line: string }>(
    `select format('SELECT setval(%L, %s);', format('%I.%I', schemaname, sequencename), last_value) as line
       from pg_sequences where schemaname = 'public' and last_value is not null order by sequencename`,
  );
  for (const { line } of sequences) yield `${line}\n`;
  yield `${lastLine}\n`;
}
