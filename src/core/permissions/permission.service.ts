import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type {
  PatchedPermissionAssignRequestDto,
  PermissionAssignRequestDto,
  PermissionAssignResultDto,
} from './dto/permission-assign.dto.js';

/** Who holds permissions: a user, or a role that hands them on to the members of groups. */
export type Holder = { readonly userId: number } | { readonly roleId: string };

/** Gives and takes permissions. */
@Injectable()
export class PermissionService {
  constructor(private readonly dataSource: DataSource) {}

  /** Gives them; one that the holder has already stays as it is. @returns one id for each */
  async assign(holder: Holder, request: PermissionAssignRequestDto): Promise<PermissionAssignResultDto[]> {
    const objectPk = (request.object_pk as string | undefined) ?? '';
    return this.dataSource.transaction(async (manager) => {
      const results: PermissionAssignResultDto[] = [];
      for (const codename of request.permissions)
        results.push({ id: await grant(manager, holder, codename, objectPk) });
      return results;
    });
  }

  /** Takes them; one that the holder does not have is no fault. */
  async unassign(holder: Holder, request: PatchedPermissionAssignRequestDto): Promise<void> {
    await this.dataSource.query(
      `delete from "permission_grant"
        where (user_id = $1 or role_uuid = $2) and codename = any($3) and object_pk = $4`,
      [...keysOf(holder), request.permissions ?? [], request.object_pk ?? ''],
    );
  }
}

/** Gives one permission, in the caller's transaction. @returns the id of the grant */
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
     returning grant_uuid as id`,
    [randomUUID(), ...keysOf(holder), codename, objectPk],
  );
  return row?.id ?? '';
}

function keysOf(holder: Holder): [number | null, string | null] {
  return 'userId' in holder ? [holder.userId, null] : [null, holder.roleId];
}
