import { Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { User } from '../core/users/user.entity.js';
import { users } from '../core/users/user.resource.js';
import { Current } from '../rest/access/visible.js';
import { LinkDto } from './dto/link.dto.js';
import { Recovery } from './recovery.service.js';

/** `/core/users/{id}/recovery/` */
@ApiTags('core')
@Controller('core/users')
export class RecoveryController {
  constructor(private readonly recovery: Recovery) {}

  @users.detailAction({
    method: 'POST',
    path: 'recovery',
    operation: 'recovery_create',
    description: 'Create a recovery link for a user. It is returned and not mailed.',
    permissions: ['authentik_core.reset_user_password'],
    responses: [{ status: 200, type: LinkDto }],
  })
  async create(@Current() user: User, @CurrentCaller() caller: Caller, @Ip() clientIp: string): Promise<LinkDto> {
    return { link: await this.recovery.show(user, caller, clientIp) };
  }
}
