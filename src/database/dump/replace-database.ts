import { DatabaseClient } from '../database-client.js';
import { StartRefused } from '../start-refused.js';

/** Name of the database that the last restore replaced. */
export const replacedName = 'email_stage_before_restore';

const newName = 'email_stage_restoring';

/** Returns the URL of another database of the same server. */
function databaseUrl(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/**
 * Replaces a database of the embedded server by a new one that `fill` has filled. The old one is kept as
 * `email_stage_before_restore` until the next time. If it is interrupted, nothing has changed.
 *
 * @throws StartRefused if the service is running
 */
export async function replaceDatabase(url: string, fill: (url: string) => Promise<void>): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const client = new DatabaseClient({ connectionString: databaseUrl(url, 'postgres') });
  await client.connect();
  try {
    const used = await client.query('select from pg_stat_activity where datname = $1', [name]);
    if (used.rowCount !== 0) throw new StartRefused('The service is running. Stop it first.');
    await client.query(`drop database if exists "${newName}"`);
    await client.query(`create database "${newName}"`);
    await fill(databaseUrl(url, newName));
    await client.query(`drop database if exists "${replacedName}"`);
    await client.query('begin');
    await client.query(`alter database ${client.escapeIdentifier(name)} rename to "${replacedName}"`);
    await client.query(`alter database "${newName}" rename to ${client.escapeIdentifier(name)}`);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
