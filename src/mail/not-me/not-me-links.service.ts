import { createHash, randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import { SecretBox } from '../../database/secret-box.js';
import { linkSecret } from '../delivery/mail-link.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';
import type { NotMeKind } from './not-me-link.entity.js';

/** Days that a link is valid, and that it is kept after that. */
const days = 7;

/** The page of the links, and the parameter that their secret is in. */
export const notMePath = '/if/not-me/';
export const notMeParameter = 'token';

/** A link to make. */
export interface NewNotMeLink {
  readonly kind: NotMeKind;
  /** Null: the link is of no use. */
  readonly user: number | null;
  readonly address: string;
  /** A key for the link; without one it gets a new one. */
  readonly pk?: string;
}

/** A link that can be used, or what became of it. */
export type NotMeState = NotMeKind | 'used' | 'invalid';

/** A link that was used. */
export interface UsedNotMeLink {
  readonly kind: 'change' | 'address';
  readonly user: number;
  readonly address: string;
}

/** What must be true of the user `u` for the link `l` to be of use. */
const isUsable = `l.used is null and l.expires > now() and case l.kind
    when 'sign_up' then u.awaits_confirmation and u.email = l.address
    when 'change' then not u.awaits_confirmation and u.email = l.address
    else not u.awaits_confirmation end`;

/** Keeps the "this was not me" links of mails. */
@Injectable()
export class NotMeLinks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old "this was not me" links', () => this.purge());
  }

  /** Makes a link for a mail, in the caller's transaction. @returns it without its secret, and when it ends */
  async issue(
    manager: EntityManager,
    { kind, user, address, pk = randomUUID() }: NewNotMeLink,
  ): Promise<{ link: NonNullable<StoredMailData['link']>; expires: Date }> {
    const [row] = await manager.query<[{ expires: Date }]>(
      `insert into "not_me_link" (link_uuid, key_hash, kind, user_id, address, expires)
       values ($1, $2, $3, $4, $5, now() + $6 * interval '1 day') returning expires`,
      [pk, digest(linkSecret(keyOf(pk), this.secrets)), kind, user, address, days],
    );
    return { link: { path: notMePath, query: '', parameter: notMeParameter, key: keyOf(pk) }, expires: row.expires };
  }

  /** Path and query of the page of a link. */
  pageOf(pk: string): string {
    return `${notMePath}?${notMeParameter}=${linkSecret(keyOf(pk), this.secrets)}`;
  }

  /** What a secret stands for now. Changes nothing. */
  async stateOf(secret: string): Promise<NotMeState> {
    const [row] = await this.dataSource.query<{ state: NotMeState }[]>(
      `select case when ${isUsable} then l.kind when l.used is not null then 'used' else 'invalid' end as state
         from "not_me_link" l left join "user" u on u.id = l.user_id where l.key_hash = $1`,
      [digest(secret)],
    );
    return row?.state ?? 'invalid';
  }

  /** Deletes the account of a sign-up, if it still waits for confirmation. @returns its key */
  async deleteSignUp(manager: EntityManager, secret: string): Promise<number | undefined> {
    const [deleted] = await manager.query<[{ pk: number }[], number]>(
      `with link as (
         update "not_me_link" l set used = now() from "user" u
          where l.key_hash = $1 and l.kind = 'sign_up' and u.id = l.user_id and ${isUsable}
         returning l.user_id, l.address
       )
       delete from "user" u using link
        where u.id = link.user_id and u.awaits_confirmation and u.email = link.address
        returning u.id as pk`,
      [digest(secret)],
    );
    return deleted[0]?.pk;
  }

  /**
   * Uses a link about a change, once, and ends the links that were made after it: who made the change may have got
   * those. Links from before stay, so that the owner of the first address has the last word.
   */
  async use(manager: EntityManager, secret: string): Promise<UsedNotMeLink | undefined> {
    const [used] = await manager.query<[(UsedNotMeLink & { created: Date })[], number]>(
      `update "not_me_link" l set used = now() from "user" u
        where l.key_hash = $1 and l.kind in ('change', 'address') and u.id = l.user_id and ${isUsable}
        returning l.kind, l.user_id as "user", l.address`,
      [digest(secret)],
    );
    const [link] = used;
    if (link === undefined) return undefined;
    await manager.query(
      `update "not_me_link" l set expires = now() from "not_me_link" first
        where first.key_hash = $1 and l.user_id = first.user_id and l.created >= first.created and l.used is null
          and l.expires > now()`,
      [digest(secret)],
    );
    return link;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "not_me_link" where link_uuid in (
         select link_uuid from "not_me_link" where expires < now() - $1 * interval '1 day' limit 500
       )`,
      [days],
    );
    return deleted[1];
  }
}

/** No other link is derived from a key of this form. */
function keyOf(pk: string): string {
  return `not-me:${pk}`;
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
