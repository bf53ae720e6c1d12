import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { createTCPServer, createUDPServer, type DnsHandler, Packet } from 'dns2';

/** Records of a name. */
export interface ZoneRecords {
  readonly a?: readonly string[];
  readonly cname?: string;
  /** `<priority> <host>` */
  readonly mx?: readonly string[];
  readonly txt?: readonly string[];
}

/** Records by name; names that are missing, and have none below them, do not exist. */
export type Zone = Record<string, ZoneRecords>;

/** A DNS server of a test. */
export interface DnsServer {
  /** For DNS_SERVERS. */
  readonly address: string;
  /** Can be changed at any time. */
  readonly zone: Zone;
  stop(): Promise<void>;
}

/** Starts a DNS server on a free port, for UDP, and for TCP because texts of keys are longer than 512 bytes. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const handle: DnsHandler = (request, send) => {
    void send(respond(request, zone));
  };
  const tcp = createTCPServer(handle);
  const udp = createUDPServer(handle);
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  await udp.listen(port, '127.0.0.1');
  return {
    address: `127.0.0.1:${port}`,
    zone,
    stop: async () => {
      await Promise.all([once(udp.close(), 'close'), once(tcp.close(), 'close')]);
    },
  };
}

function respond(request: Packet, zone: Zone): Packet {
  const response = Packet.createResponseFromRequest(request);
  const [question] = request.questions;
  if (question === undefined) return response;
  const name = question.name.toLowerCase();
  const records = zone[name];
  const exists = Object.keys(zone).some((known) => known === name || known.endsWith(`.${name}`));
  if (!exists) response.header.rcode = Packet.RCODE.NXDOMAIN;
  const { A, CNAME, MX, TXT } = Packet.TYPE;
  const add = (type: number, fields: object): void => {
    const resource = { name, class: Packet.CLASS.IN, ttl: 60, type, ...fields };
    response.answers.push(resource as (typeof response.answers)[number]);
  };
  const asks = (type: number): boolean => question.type === type;
  if (asks(A)) for (const address of records?.a ?? []) add(A, { address });
  if (asks(CNAME) && records?.cname !== undefined) add(CNAME, { domain: records.cname });
  for (const text of asks(MX) ? (records?.mx ?? []) : []) {
    const [priority, exchange = ''] = text.split(' ');
    add(MX, { priority: Number(priority), exchange: exchange === '.' ? '' : exchange });
  }
  for (const text of asks(TXT) ? (records?.txt ?? []) : []) add(TXT, { data: text.match(/[^]{1,255}/g) ?? [''] });
  return response;
}
