import { Controller, Query } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';

import { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { User } from '../../core/users/user.entity.js';
import { users } from '../../core/users/user.resource.js';
import { Current } from '../../rest/access/visible.js';
import { UserRecoveryService } from './user-recovery.service.js';

/** `/core/users/{id}/recovery_email/` */
@ApiTags('core')
@Controller('core/users')
export class UserRecoveryController {
  constructor(private readonly service: UserRecoveryService) {}

  @users.detailAction({
    method: 'POST',
    path: 'recovery_email',
    operation: 'recovery_email_create',
    description: 'Mail a recovery link to a user.',
    status: 204,
    permissions: ['authentik_core.reset_user_password'],
    responses: [{ status: 204, description: 'The mail is queued.' }],
  })
  // A missing stage is the last error to be reported, so the pipe must not validate it.
  @ApiQuery({ name: 'email_stage', required: true, schema: { type: 'string' }, description: 'UUID of an email stage.' })
  create(
    @Current() user: User,
    @Query('email_stage') stage: unknown,
    @CurrentCaller() caller: Caller,
    @Idempotent() request?: IdempotentRequest,
  ): Promise<void> {
    return this.service.mail(user, stage, caller, request);
  }
}
