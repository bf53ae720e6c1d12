import type { Columns } from '../../rest/list/list-query.js';
import type { NamedTransportDto, TransportServerDto } from './dto/named-transport.dto.js';

/** Columns of a transport, in a statement with the alias `transport`. */
export const namedTransportColumns = {
  pk: 'transport.pk',
  name: 'transport.name',
  url: 'transport.shownUrl',
  from_address: 'transport.fromAddress',
  created: 'transport.created',
  last_updated: 'transport.lastUpdated',
} satisfies Columns;

/** A row of those columns, with the sealed URL. */
export interface NamedTransportRow extends Pick<NamedTransportDto, keyof typeof namedTransportColumns> {
  readonly sealed: string;
}

/**
 * Returns the response for a transport.
 *
 * @param problem why it cannot send; empty if it can
 */
export function namedTransportResponse(
  { pk, name, url, from_address, created, last_updated }: NamedTransportRow,
  servers: TransportServerDto[],
  problem: string,
): NamedTransportDto {
  return { pk, name, url, from_address, servers, problem, created, last_updated };
}
