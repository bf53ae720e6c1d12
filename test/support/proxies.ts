import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy on a free port of this machine. It knows the name `mail.test`, which no name server knows. */
export interface TestProxy {
  /** Value of EMAIL_PROXY. */
  readonly url: string;
  /** `host:port` of every connection that was asked for. */
  readonly destinations: string[];
  stop(): Promise<void>;
}

const user = 'books@library';
const password = 'a: secret';
const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
const addressOf = (host: string): string => (host === 'mail.test' ? '127.0.0.1' : host);

/** Starts an HTTP proxy that takes CONNECT with a password. */
export async function startHttpProxy(): Promise<TestProxy> {
  const destinations: string[] = [];
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createHttpServer();
  server.on('connect', ({ url = '', headers }, client: Socket) => {
    if (headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    destinations.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect(Number(port), addressOf(hostname));
    target.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    target.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pipe(client, target);
    });
  });
  return started(server, destinations, `http://${login}@`);
}

/** Starts a SOCKS5 proxy with a password (RFC 1928, RFC 1929). */
export async function startSocksProxy(): Promise<TestProxy> {
  const destinations: string[] = [];
  const server = createServer((client) => {
    serveSocks(client, destinations).catch(() => client.destroy());
  });
  return started(server, destinations, `socks5://${login}@`);
}

async function serveSocks(client: Socket, destinations: string[]): Promise<void> {
  const methods = await read(client);
  if (!methods.subarray(2).includes(2)) return void client.end(Buffer.from([5, 0xff]));
  client.write(Buffer.from([5, 2]));
  const credentials = await read(client);
  const expected = Buffer.concat([Buffer.from([1]), sized(user), sized(password)]);
  if (!credentials.equals(expected)) return void client.end(Buffer.from([1, 1]));
  client.write(Buffer.from([1, 0]));
  const request = await read(client);
  const isName = request[3] === 3;
  const host = isName ? request.subarray(5, 5 + (request[4] ?? 0)).toString() : request.subarray(4, 8).join('.');
  const port = request.readUInt16BE(request.length - 2);
  destinations.push(`${host}:${port}`);
  const target = connect(port, addressOf(host));
  const reply = (status: number): Buffer => Buffer.from([5, status, 0, 1, 0, 0, 0, 0, 0, 0]);
  target.once('error', () => client.end(reply(5)));
  target.once('connect', () => {
    client.write(reply(0));
    pipe(client, target);
  });
}

async function read(client: Socket): Promise<Buffer> {
  const [chunk] = (await once(client, 'data')) as [Buffer];
  return chunk;
}

function sized(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]);
}

function pipe(client: Socket, target: Socket): void {
  client.on('error', () => target.destroy()).on('close', () => target.destroy());
  target.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.pipe(target).pipe(client);
}

async function started(server: Server, destinations: string[], prefix: string): Promise<TestProxy> {
  const clients = new Set<Socket>();
  server.on('connection', (client: Socket) => clients.add(client.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const client of clients) client.destroy();
    await closed;
  };
  return { url: `${prefix}127.0.0.1:${port}`, destinations, stop };
}
