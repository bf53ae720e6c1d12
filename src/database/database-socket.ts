import { isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import type { DatabaseTls } from '../config/database-tls.js';
import type { ServerAddress } from '../config/database-url.js';

/** Whether a socket has TLS; `offered`: only if the server has it. */
export type Encryption = 'none' | 'offered' | 'required';

/** PostgreSQL's SSLRequest (frontend/backend protocol, 54.2.11). */
const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The server was not reached, so that another kind of encryption does not help. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * Opens a socket to a database server, with TLS if asked for.
 *
 * @param use called with each socket that is in use, so that the caller can destroy it
 * @throws Unreachable with the reason as its cause, or an error of the negotiation of TLS
 */
export async function openSocket(
  { host, port }: ServerAddress,
  encryption: Encryption,
  tls: DatabaseTls,
  use: (socket: Socket) => void,
): Promise<Socket> {
  const socket = new Socket();
  use(socket);
  socket.setNoDelay(true).setKeepAlive(true, 10_000);
  const isLocal = host.startsWith('/');
  if (isLocal) socket.connect(`${host}/.s.PGSQL.${port}`);
  else socket.connect(port, host);
  await happens(socket, 'connect').catch((error: unknown) => {
    throw new Unreachable('the database server cannot be reached', { cause: error });
  });
  if (encryption === 'none') return socket;
  if (!tls.isDirect && !(await agreesToTls(socket, encryption))) return socket;
  const secured = connectTls({
    socket,
    host,
    secureContext: tls.context,
    rejectUnauthorized: tls.verifiesCertificate,
    ...(tls.verifiesHost ? {} : { checkServerIdentity: () => undefined }),
    ...(tls.isDirect ? { ALPNProtocols: ['postgresql'] } : {}),
    // SNI has no addresses (RFC 6066, 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  use(secured);
  await happens(secured, 'secureConnect');
  return secured;
}

/** Requests TLS. @returns false if the server has none and need not have it */
async function agreesToTls(socket: Socket, encryption: Encryption): Promise<boolean> {
  socket.write(tlsRequest);
  const answer = await happens<Buffer>(socket, 'data');
  // Further bytes are not from the server: an attacker sends them to pass for a part of the encrypted connection.
  if (answer.length === 1 && answer[0] === 0x53) return true;
  if (answer.length === 1 && answer[0] === 0x4e) {
    if (encryption === 'offered') return false;
    socket.destroy();
    throw new Error('The database server has no TLS, which sslmode of the URL requires');
  }
  socket.destroy();
  throw new Error('The database server does not speak TLS as PostgreSQL does');
}

/** Waits for an event of a socket. @returns its value. @throws its error, also if it is closed without one */
function happens<T>(socket: Socket, event: 'connect' | 'data' | 'secureConnect'): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const settle = (): void => {
      socket.off(event, done).off('error', failed).off('close', closed);
    };
    const done = (value: T): void => {
      settle();
      resolve(value);
    };
    const failed = (error: Error): void => {
      settle();
      // A destroyed socket may report a further error.
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const closed = (): void => failed(new Error('Connection terminated unexpectedly'));
    socket.on(event, done).on('error', failed).on('close', closed);
  });
}
