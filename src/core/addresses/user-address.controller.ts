import { Body, Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Current } from '../../rest/access/visible.js';
import { Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.js';
import { LimitedPerUser } from '../limits/limited-per-user.js';
import { User } from '../users/user.entity.js';
import { users } from '../users/user.resource.js';
import { UserAddressDto, UserAddressRequestDto } from './user-address.dto.js';
import { UserAddresses } from './user-addresses.service.js';

/** Each change writes an event, and may mail a notice. */
const limited = LimitedPerUser({ name: 'user_addresses', times: 300, seconds: 300 });

/** `/core/users/{id}/addresses/` */
@ApiTags('core')
@Controller('core/users')
export class UserAddressController {
  constructor(private readonly addresses: UserAddresses) {}

  @users.detailAction({
    method: 'GET',
    path: 'addresses',
    operation: 'addresses_list',
    description:
      'List the email addresses that a user has or had, and when and how they were verified, the primary one first. Users ' +
      'may list their own.',
    permissions: [],
    self: true,
    responses: [{ status: 200, type: UserAddressDto, isArray: true }],
  })
  list(@Current() user: User): Promise<UserAddressDto[]> {
    return this.addresses.list(user);
  }

  @limited
  @users.detailAction({
    method: 'POST',
    path: 'addresses',
    operation: 'addresses_create',
    description:
      'Add an email address to a user. It is not verified, and changes nothing until it is. Users may do so for ' +
      'themselves with a fresh session.',
    status: 201,
    permissions: [users.permission('change')],
    self: true,
    responses: [{ status: 201, type: UserAddressDto }],
  })
  add(
    @Current() user: User,
    @Body() { address }: UserAddressRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<UserAddressDto> {
    return this.addresses.add(user, address, { caller, clientIp });
  }

  @limited
  @users.detailAction({
    method: 'POST',
    path: 'addresses/remove',
    operation: 'addresses_remove_create',
    description:
      'Remove an email address of a user other than the primary one, and end the links that were mailed. Users may do so ' +
      'for themselves with a fresh session, but not remove their only verified address.',
    status: 204,
    permissions: [users.permission('change')],
    self: true,
    responses: [{ status: 204, description: 'Address removed.' }],
  })
  remove(
    @Current() user: User,
    @Body() { address }: UserAddressRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<void> {
    return this.addresses.remove(user, address, { caller, clientIp });
  }

  @limited
  @users.detailAction({
    method: 'POST',
    path: 'addresses/make_primary',
    operation: 'addresses_make_primary_create',
    description:
      'Make an email address of a user the primary one. The earlier one stays an address of the user. Users may do so ' +
      'for themselves with a fresh session, if both are verified.',
    permissions: [users.permission('change')],
    self: true,
    responses: [{ status: 200, type: UserAddressDto }],
  })
  makePrimary(
    @Current() user: User,
    @Body() { address }: UserAddressRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<UserAddressDto> {
    return this.addresses.makePrimary(user, address, { caller, clientIp });
  }
}
