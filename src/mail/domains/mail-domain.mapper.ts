import type { Columns } from '../../rest/list/list-query.js';
import type { DkimKey } from './dkim-key.entity.js';
import { dkimRecord } from './dkim-keys.js';
import type { MailDomainDto } from './dto/mail-domain.dto.js';

/** Columns of a domain, in a statement with the alias `domain`. */
export const mailDomainColumns = {
  pk: 'domain.pk',
  name: 'domain.name',
  signing: 'domain.signing',
  created: 'domain.created',
  last_updated: 'domain.lastUpdated',
} satisfies Columns;

/** A row of those columns. */
export type MailDomainRow = Pick<MailDomainDto, keyof typeof mailDomainColumns>;

/** Columns of a key, in a statement with the alias `key`. */
export const dkimKeyColumns = {
  domain: 'key.domainId',
  selector: 'key.selector',
  algorithm: 'key.algorithm',
  state: 'key.state',
  public_key: 'key.publicKey',
  created: 'key.created',
} satisfies Columns;

/** A row of those columns, as JSON. */
export interface DkimKeyRow extends Pick<DkimKey, 'selector' | 'algorithm' | 'state'> {
  readonly domain: string;
  readonly public_key: string;
  readonly created: string;
}

/** Returns the response for a domain with its keys, the newest first. */
export function mailDomainResponse(row: MailDomainRow, keys: readonly DkimKeyRow[]): MailDomainDto {
  return {
    pk: row.pk,
    name: row.name,
    signing: row.signing,
    keys: keys
      .filter(({ domain }) => domain === row.pk)
      .map(({ selector, algorithm, state, public_key: publicKey, created }) => ({
        selector,
        algorithm,
        state,
        record: dkimRecord(row.name, { selector, algorithm, publicKey }),
        created: new Date(created),
      })),
    created: row.created,
    last_updated: row.last_updated,
  };
}
