import { GroupRequestDto, PatchedGroupRequestDto } from '../../core/groups/dto/group.dto.js';
import { Group } from '../../core/groups/group.entity.js';
import { User } from '../../core/users/user.entity.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { FindableModel, TransferModel } from './transfer-model.js';

/** Import of groups: name and attributes only, neither members nor permissions. */
export const groupTransfer: TransferModel = {
  model: 'authentik_core.group',
  entity: Group,
  identifiers: {
    name: { on: 'row.name', type: 'text' },
    attributes: { on: 'row.attributes', type: 'json' },
  },
  naturalKey: 'name',
  request: GroupRequestDto,
  patch: PatchedGroupRequestDto,
  withheld: {
    is_superuser: (value, current) => value === false && (current as Group | undefined)?.isSuperuser !== true,
    parent: () => false,
    users: () => false,
    roles: () => false,
  },
  subject: (group) => ({ group }),
  store: {
    insert: (manager, request, pk) => manager.insert(Group, { ...columnsOf<Group>(request), pk } as object),
    change: (manager, pk, request) => manager.update(Group, { pk }, columnsOf<Group>(request) as object),
    remove: ({ pk }, manager) => manager.delete(Group, { pk }),
  },
};

/** Users: files can refer to them but cannot contain them. */
export const userReference: FindableModel = {
  model: 'authentik_core.user',
  entity: User,
  identifiers: {
    username: { on: 'row.username', type: 'text' },
    email: { on: 'row.email', type: 'text' },
    uuid: { on: 'row.uuid', type: 'uuid' },
  },
  naturalKey: 'username',
};
