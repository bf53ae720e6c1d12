import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type EntityMetadata } from 'typeorm';

import { ValidationError } from '../../rest/errors/validation-error.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { message } from '../../rest/messages/messages.js';
import type { Caller } from '../access/caller.js';
import { Authority } from '../authority/authority.service.js';
import type { Subject } from '../authority/read-standings.js';
import type {
  PatchedPermissionAssignRequestDto,
  PermissionAssignRequestDto,
  PermissionAssignResultDto,
} from './dto/permission-assign.dto.js';
import { entityNameOf, findCodename } from './permission-models.js';

/** Who holds permissions: a user, or a role that hands them on to the members of groups. */
export type Holder = { readonly userId: number } | { readonly roleId: string };

/** Gives and takes permissions: everywhere, or on one object. */
@Injectable()
export class PermissionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authority: Authority,
  ) {}

  /**
   * Assigns permissions; one that the holder already has is unchanged.
   *
   * @returns one id for each, in the order of the request
   * @throws ValidationError if there is no such permission or object
   * @throws AppError `forbidden` if the caller does not have one of them
   */
  assign(holder: Holder, request: PermissionAssignRequestDto, by: Caller): Promise<PermissionAssignResultDto[]> {
    return this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [subjectOf(holder)], async () => {
        const codenames = codenamesIn(request);
        const objectPk = await findObject(manager, request);
        const results: PermissionAssignResultDto[] = [];
        for (const codename of codenames) results.push({ id: await grant(manager, holder, codename, objectPk) });
        return results;
      }),
    );
  }

  /**
   * Unassigns permissions; one that the holder does not have is ignored. A permission on every object is separate from the
   * same permission on one object.
   *
   * @throws ValidationError if there is no such permission or object
   */
  async unassign(holder: Holder, request: PatchedPermissionAssignRequestDto, by: Caller): Promise<void> {
    await this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [subjectOf(holder)], async () => {
        const codenames = codenamesIn(request);
        const objectPk = await findObject(manager, request);
        await manager.query(
          `delete from "permission_grant"
            where (user_id = $1 or role_uuid = $2) and codename = any($3) and object_pk = $4`,
          [...keysOf(holder), codenames, objectPk],
        );
      }),
    );
  }
}

/** Gives one permission, in the caller's transaction. @returns the number of the grant */
export async function grant(
  manager: EntityManager,
  holder: Holder,
  codename: string,
  objectPk: string,
): Promise<string> {
  const conflict = 'userId' in holder ? 'user_id' : 'role_uuid';
  const [row] = await manager.query<{ id: string }[]>(
    `insert into "permission_grant" (grant_uuid, user_id, role_uuid, codename, object_pk) values ($1, $2, $3, $4, $5)
     on conflict (${conflict}, codename, object_pk) do update set codename = excluded.codename
     returning number::text as id`,
    [randomUUID(), ...keysOf(holder), codename, objectPk],
  );
  return row?.id ?? '';
}

/** Who a permission belongs to, for `Authority`. */
export function subjectOf(holder: Holder): Subject {
  return 'userId' in holder ? { user: holder.userId } : { role: holder.roleId };
}

function keysOf(holder: Holder): [number | null, string | null] {
  return 'userId' in holder ? [holder.userId, null] : [null, holder.roleId];
}

function codenamesIn({ permissions, model }: PatchedPermissionAssignRequestDto): string[] {
  const found = permissions.map((text) => ({ text, codename: findCodename(text, model) }));
  const unknown = found.filter(({ codename }) => codename === undefined);
  if (unknown.length > 0) {
    throw new ValidationError({ permissions: unknown.map(({ text }) => message('notChoice', { choice: text })) });
  }
  return found.map(({ codename = '' }) => codename);
}

/**
 * The key of the object that a request is about, as it is stored; empty for every object. The object cannot be deleted
 * until the transaction is over, so no permission is left behind on one that is gone.
 */
export async function findObject(
  manager: EntityManager,
  { model, object_pk }: Partial<Omit<PatchedPermissionAssignRequestDto, 'permissions'>>,
): Promise<string> {
  if (object_pk === undefined) return '';
  if (model === undefined) throw new ValidationError({ model: [message('required')] });
  const metadata = entityOf(manager, model);
  const pk = keyOf(metadata, object_pk);
  const object =
    pk === undefined
      ? null
      : await manager
          .createQueryBuilder(metadata.target, 'object')
          .select('object.pk')
          .where('object.pk = :pk', { pk })
          .setLock('for_key_share')
          .getRawOne<object>();
  if (!object) throw new ValidationError({ object_pk: [noSuchRow(object_pk)] });
  return String(pk);
}

function entityOf({ dataSource }: EntityManager, model: string): EntityMetadata {
  const name = entityNameOf(model);
  const metadata = dataSource.entityMetadatas.find((entity) => entity.name.toLowerCase() === name);
  if (metadata === undefined) throw new Error(`there is no entity for ${model}`);
  return metadata;
}

function keyOf(metadata: EntityMetadata, text: string): string | number | undefined {
  if (metadata.findColumnWithPropertyName('pk')?.type === 'uuid') return parseUuid(text);
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : undefined;
}
