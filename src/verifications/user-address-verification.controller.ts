import { Body, Controller, Ip } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../core/idempotency/idempotent-request.js';
import { User } from '../core/users/user.entity.js';
import { users } from '../core/users/user.resource.js';
import { Current } from '../rest/access/visible.js';
import { UserAddressVerificationRequestDto } from './dto/user-address-verification.dto.js';
import { VerificationDto } from './dto/verification.dto.js';
import { limited } from './verification.controller.js';
import { VerificationService } from './verification.service.js';

/** `/core/users/{id}/addresses/verify/` */
@ApiTags('core')
@Controller('core/users')
export class UserAddressVerificationController {
  constructor(private readonly service: VerificationService) {}

  @users.detailAction({
    method: 'POST',
    path: 'addresses/verify',
    operation: 'addresses_verify_create',
    description:
      'Mail a link to an email address of a user, which verifies it. Users may do so for themselves with a fresh session.',
    status: 201,
    permissions: [users.permission('change')],
    self: true,
    responses: [{ status: 201, type: VerificationDto }, limited],
  })
  verify(
    @Current() user: User,
    @Body() request: UserAddressVerificationRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
    @Idempotent() idempotent?: IdempotentRequest,
  ): Promise<VerificationDto> {
    return this.service.startForUser(user, request, caller, clientIp, idempotent);
  }
}
