import type { Socket } from 'node:net';

import { type Client, type ClientConfig, DatabaseError } from 'pg';

/** Milliseconds without a byte from the server after which a statement in progress is checked. */
const silenceMs = 5000;

/** Milliseconds for the check. */
const checkMs = 4000;

/** Checks in a row without a result after which the connection counts as lost. */
const maxUnknown = 3;

/** What pg has and its types lack. */
interface Internals {
  readonly processID: number | null;
  _getActiveQuery(): unknown;
}

/**
 * Closes the connection when a statement gets no answer and the server does not run it. A network that drops packets, or a
 * server that vanished without closing its connections, otherwise blocks a statement until TCP gives up after 16 minutes.
 * Statements that take long are kept: a second connection asks the server whether it runs them. Idle connections are not
 * checked; TCP keep-alive closes them.
 *
 * @param connect makes the client for the check
 */
export function closeWhenSilent(client: Client, connect: (limits: ClientConfig) => Client): void {
  const { processID } = client as unknown as Internals;
  const stream = client.connection.stream as Socket;
  let unknown = 0;
  const check = async (): Promise<void> => {
    if ((client as unknown as Internals)._getActiveQuery() == null) return;
    const before = stream.bytesRead;
    const runs = await isRunning(processID, connect);
    if (stream.bytesRead !== before || stream.destroyed) unknown = 0;
    else if (runs === false || (runs === undefined && ++unknown >= maxUnknown)) {
      stream.destroy(new Error('Connection terminated: the database server does not answer'));
      return;
    }
    // The timer of the socket ends with its event, and starts again with the next byte.
    stream.setTimeout(silenceMs);
  };
  stream.setTimeout(silenceMs).on('timeout', () => void check());
}

/** Whether the server runs a statement of this backend; undefined if it does not know the process, as behind a pooler. */
async function isRunning(
  processId: number | null,
  connect: (limits: ClientConfig) => Client,
): Promise<boolean | undefined> {
  const client = connect({ connectionTimeoutMillis: checkMs, query_timeout: checkMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ state: string }>('select state from pg_stat_activity where pid = $1', [
      processId,
    ]);
    return rows[0] === undefined ? undefined : rows[0].state === 'active';
  } catch (error) {
    // A server that refuses the check, for example because it has no connection left, answers.
    return error instanceof DatabaseError ? undefined : false;
  } finally {
    void client.end().catch(() => undefined);
  }
}
