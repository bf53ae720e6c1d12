import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { Current } from '../../rest/access/visible.js';
import { User } from '../users/user.entity.js';
import { users } from '../users/user.resource.js';
import { addressesOf } from './proved-addresses.js';
import { UserAddressDto } from './user-address.dto.js';

/** `/core/users/{id}/addresses/` */
@ApiTags('core')
@Controller('core/users')
export class UserAddressController {
  constructor(private readonly dataSource: DataSource) {}

  @users.detailAction({
    method: 'GET',
    path: 'addresses',
    operation: 'addresses_list',
    description:
      'List the email addresses that a user has or had, and when and how they were verified, the current one first.',
    permissions: [],
    responses: [{ status: 200, type: UserAddressDto, isArray: true }],
  })
  list(@Current() user: User): Promise<UserAddressDto[]> {
    return addressesOf(this.dataSource.manager, user.pk);
  }
}
