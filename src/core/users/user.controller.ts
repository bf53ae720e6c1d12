import { Body, Controller, Ip, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { AccountService } from './account.service.js';
import { UserListQuery, UserPathQuery } from './dto/user-list.query.js';
import {
  SessionUserDto,
  UserPasswordSetRequestDto,
  UserPathDto,
  UserServiceAccountRequestDto,
  UserServiceAccountResponseDto,
} from './dto/user-self.dto.js';
import { PatchedUserRequestDto, UserDto, UserRequestDto } from './dto/user.dto.js';
import { User } from './user.entity.js';
import { users } from './user.resource.js';
import { UserService } from './user.service.js';

/** `/core/users/` */
@ApiTags('core')
@Controller('core/users')
export class UserController {
  constructor(
    private readonly service: UserService,
    private readonly accounts: AccountService,
  ) {}

  @users.list()
  list(@Query() query: UserListQuery, @Visible() visible: VisibleRows): Promise<Page<UserDto>> {
    return this.service.list(query, visible);
  }

  @users.create()
  create(@Body() request: UserRequestDto, @CurrentCaller() caller: Caller): Promise<UserDto> {
    return this.service.create(request, caller);
  }

  @users.collectionAction({
    method: 'GET',
    path: 'me',
    operation: 'me_retrieve',
    description: 'Get the current user and their permissions.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: SessionUserDto }],
  })
  async me(@CurrentCaller() caller: Caller): Promise<SessionUserDto> {
    return { user: await this.accounts.self(caller) };
  }

  @users.collectionAction({
    method: 'GET',
    path: 'paths',
    operation: 'paths_retrieve',
    description: 'List the paths of users.',
    access: { level: 'authenticated', view: users.permission('view') },
    responses: [{ status: 200, type: UserPathDto }],
  })
  async paths(@Query() { search = '' }: UserPathQuery, @Visible() visible: VisibleRows): Promise<UserPathDto> {
    return { paths: await this.service.paths(search, visible) };
  }

  @users.collectionAction({
    method: 'POST',
    path: 'service_account',
    operation: 'service_account_create',
    description: 'Create a service account. Its password is returned only once.',
    access: {
      level: 'authenticated',
      model: 'authentik_core.user',
      everywhere: [users.permission('add'), 'authentik_core.add_token'],
    },
    responses: [{ status: 200, type: UserServiceAccountResponseDto }],
  })
  serviceAccount(
    @Body() request: UserServiceAccountRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<UserServiceAccountResponseDto> {
    return this.accounts.createServiceAccount(request, caller);
  }

  @users.retrieve()
  get(@users.key() pk: number, @Visible() visible: VisibleRows): Promise<UserDto> {
    return this.service.get(pk, visible);
  }

  @users.replace()
  replace(@Current() user: User, @Body() request: UserRequestDto, @CurrentCaller() caller: Caller): Promise<UserDto> {
    return this.service.update(user, request, caller);
  }

  @users.update()
  update(
    @Current() user: User,
    @Body() request: PatchedUserRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<UserDto> {
    return this.service.update(user, request, caller);
  }

  @users.remove()
  remove(@Current() user: User, @CurrentCaller() caller: Caller): Promise<void> {
    return this.service.remove(user, caller);
  }

  @users.detailAction({
    method: 'POST',
    path: 'set_password',
    operation: 'set_password_create',
    description: 'Set the password of a user.',
    status: 204,
    permissions: ['authentik_core.reset_user_password'],
    responses: [
      { status: 204, description: 'Password set.' },
      { status: 400, description: 'The password is missing or violates a rule.' },
    ],
  })
  setPassword(
    @Current() user: User,
    @Body() { password }: UserPasswordSetRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<void> {
    return this.service.setPassword(user, password, caller, clientIp);
  }

  @users.usedBy()
  async usedBy(
    @users.key() pk: number,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
