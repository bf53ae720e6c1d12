import { getDomain } from 'tldts';
import type { EntityManager, Relation } from 'typeorm';

import { DkimKey } from './dkim-key.entity.js';
import type { MailDomain } from './mail-domain.entity.js';

/** A key with its domain. */
export type KeyOfDomain = DkimKey & { readonly domain: Relation<MailDomain> };

/**
 * Returns the keys that a domain signs with, else those of the nearest domain above it that is aligned with it; RSA first.
 *
 * @param from domain of the address in `From:`
 * @param states states of the keys that count
 */
export async function nearestKeys(
  manager: EntityManager,
  from: string,
  states: readonly DkimKey['state'][],
): Promise<KeyOfDomain[]> {
  const keys = await manager
    .createQueryBuilder(DkimKey, 'key')
    .innerJoinAndSelect('key.domain', 'domain')
    .where('key.state in (:...states) and domain.signing', { states })
    .andWhere('domain.name = any(:names)', { names: alignedDomains(from) })
    .orderBy('length(domain.name)', 'DESC')
    .addOrderBy('key.algorithm', 'DESC')
    .getMany();
  const joined = keys as KeyOfDomain[];
  return joined.filter(({ domainId }) => domainId === joined[0]?.domainId);
}

/**
 * Returns the domains whose signatures DMARC aligns with a sender (RFC 7489, 3.1.1): its domain and those above it, up to
 * the organizational domain.
 */
function alignedDomains(from: string): string[] {
  const domain = from.toLowerCase();
  const organizational = getDomain(domain) ?? domain;
  const labels = domain.split('.');
  return labels
    .map((_, index) => labels.slice(index).join('.'))
    .filter((name) => name === organizational || name.endsWith(`.${organizational}`));
}
