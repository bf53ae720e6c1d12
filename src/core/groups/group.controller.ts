import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { Resource } from '../../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { GroupListQuery, GroupQuery } from './dto/group-list.query.js';
import { GroupDto, GroupRequestDto, PatchedGroupRequestDto, UserAccountRequestDto } from './dto/group.dto.js';
import { Group } from './group.entity.js';
import { GroupService } from './group.service.js';

const groups = new Resource({
  operations: 'core_groups',
  model: 'authentik_core.group',
  noun: 'group',
  response: GroupDto,
  lookup: {
    entity: () => Group,
    parameter: 'group_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the group.',
  },
});

/** `/core/groups/` */
@ApiTags('core')
@Controller('core/groups')
export class GroupController {
  constructor(private readonly service: GroupService) {}

  @groups.list()
  list(
    @Query() query: GroupListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<GroupDto>> {
    return this.service.list(query, visible, caller.knownUsers);
  }

  @groups.create()
  create(@Body() request: GroupRequestDto, @CurrentCaller() caller: Caller): Promise<GroupDto> {
    return this.service.create(request, caller);
  }

  @groups.retrieve()
  get(
    @groups.key() pk: string,
    @Query() { include_users }: GroupQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<GroupDto> {
    return this.service.get(pk, visible, caller.knownUsers, include_users);
  }

  @groups.replace()
  replace(
    @Current() group: Group,
    @Body() request: GroupRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<GroupDto> {
    return this.service.update(group, request, caller);
  }

  @groups.update()
  update(
    @Current() group: Group,
    @Body() request: PatchedGroupRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<GroupDto> {
    return this.service.update(group, request, caller);
  }

  @groups.remove()
  remove(@Current() group: Group, @CurrentCaller() caller: Caller): Promise<void> {
    return this.service.remove(group, caller);
  }

  @groups.detailAction({
    method: 'POST',
    path: 'add_user',
    operation: 'add_user_create',
    description: 'Add a user to a group.',
    status: 204,
    permissions: ['authentik_core.add_user_to_group'],
    responses: [
      { status: 204, description: 'User added.' },
      { status: 404, description: 'User not found.' },
    ],
  })
  addUser(
    @Current() group: Group,
    @Body() { pk }: UserAccountRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.service.addUser(group, pk, caller);
  }

  @groups.detailAction({
    method: 'POST',
    path: 'remove_user',
    operation: 'remove_user_create',
    description: 'Remove a user from a group.',
    status: 204,
    permissions: ['authentik_core.remove_user_from_group'],
    responses: [
      { status: 204, description: 'User removed.' },
      { status: 404, description: 'User not found.' },
    ],
  })
  removeUser(
    @Current() group: Group,
    @Body() { pk }: UserAccountRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    return this.service.removeUser(group, pk, caller);
  }

  @groups.usedBy()
  async usedBy(
    @groups.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
