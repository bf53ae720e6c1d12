import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import { linkSecret, secretDigest, type StoredLink } from '../../database/link-secret.js';
import { SecretBox } from '../../database/secret-box.js';
import type { NotMeKind } from './not-me-link.entity.js';

/** Validity of a link in days, and its retention after expiry. */
const validDays = 7;

/** Path of the page, and name of the query parameter for the secret. */
export const notMePath = '/if/not-me/';
export const notMeParameter = 'token';

/** A link to create. */
export interface NewNotMeLink {
  readonly kind: NotMeKind;
  /** Null creates a link without effect. */
  readonly user: number | null;
  readonly address: string;
  /** Key of the link; generated if absent. */
  readonly pk?: string;
}

/** Effect of a valid link, or why it is not valid. */
export type NotMeState = NotMeKind | 'used' | 'invalid';

/** A link that was used. */
export interface UsedNotMeLink {
  readonly kind: 'change' | 'address';
  readonly user: number;
  readonly address: string;
}

/** SQL condition for a valid link `l` of the user `u`. */
const isValid = `l.used is null and l.expires > now() and case l.kind
    when 'sign_up' then u.awaits_confirmation and u.email = l.address
    when 'change' then not u.awaits_confirmation and u.email = l.address
    else not u.awaits_confirmation end`;

/** Issues and redeems "this was not me" links. */
@Injectable()
export class NotMeLinks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old "this was not me" links', () => this.purge());
  }

  /** Creates a link in the caller's transaction. @returns the link without its secret, and its expiry */
  async issue(
    manager: EntityManager,
    { kind, user, address, pk = randomUUID() }: NewNotMeLink,
  ): Promise<{ link: StoredLink; expires: Date }> {
    const [row] = await manager.query<[{ expires: Date }]>(
      `insert into "not_me_link" (link_uuid, key_hash, kind, user_id, address, expires)
       values ($1, $2, $3, $4, $5, now() + $6 * interval '1 day') returning expires`,
      [pk, secretDigest(linkSecret(keyOf(pk), this.secrets)), kind, user, address, validDays],
    );
    return { link: { path: notMePath, query: '', parameter: notMeParameter, key: keyOf(pk) }, expires: row.expires };
  }

  /** Returns path and query of the page of a link. */
  pageOf(pk: string): string {
    return `${notMePath}?${notMeParameter}=${linkSecret(keyOf(pk), this.secrets)}`;
  }

  /** Returns the state of the link with this secret. Read-only. */
  async stateOf(secret: string): Promise<NotMeState> {
    const [row] = await this.dataSource.query<{ state: NotMeState }[]>(
      `select case when ${isValid} then l.kind when l.used is not null then 'used' else 'invalid' end as state
         from "not_me_link" l left join "user" u on u.id = l.user_id where l.key_hash = $1`,
      [secretDigest(secret)],
    );
    return row?.state ?? 'invalid';
  }

  /** Deletes the account of a sign-up that is still unconfirmed. @returns its key */
  async deleteSignUp(manager: EntityManager, secret: string): Promise<number | undefined> {
    const [deleted] = await manager.query<[{ pk: number }[], number]>(
      `with link as (
         update "not_me_link" l set used = now() from "user" u
          where l.key_hash = $1 and l.kind = 'sign_up' and u.id = l.user_id and ${isValid}
         returning l.user_id, l.address
       )
       delete from "user" u using link
        where u.id = link.user_id and u.awaits_confirmation and u.email = link.address
        returning u.id as pk`,
      [secretDigest(secret)],
    );
    return deleted[0]?.pk;
  }

  /**
   * Redeems a `change` or `address` link and expires the links that were issued after it, which the attacker may have
   * received. Earlier links stay valid, so that the owner of the first address has the last word.
   */
  async use(manager: EntityManager, secret: string): Promise<UsedNotMeLink | undefined> {
    const [used] = await manager.query<[(UsedNotMeLink & { created: Date })[], number]>(
      `update "not_me_link" l set used = now() from "user" u
        where l.key_hash = $1 and l.kind in ('change', 'address') and u.id = l.user_id and ${isValid}
        returning l.kind, l.user_id as "user", l.address`,
      [secretDigest(secret)],
    );
    const [link] = used;
    if (link === undefined) return undefined;
    await manager.query(
      `update "not_me_link" l set expires = now() from "not_me_link" first
        where first.key_hash = $1 and l.user_id = first.user_id and l.created >= first.created and l.used is null
          and l.expires > now()`,
      [secretDigest(secret)],
    );
    return link;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "not_me_link" where link_uuid in (
         select link_uuid from "not_me_link" where expires < now() - $1 * interval '1 day' limit 500
       )`,
      [validDays],
    );
    return deleted[1];
  }
}

/** Returns the key of a link, with a prefix that no other kind of link uses. */
function keyOf(pk: string): string {
  return `not-me:${pk}`;
}
