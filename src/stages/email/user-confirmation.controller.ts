import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { User } from '../../core/users/user.entity.js';
import { users } from '../../core/users/user.resource.js';
import { Current } from '../../rest/access/visible.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { UserConfirmationService } from './user-confirmation.service.js';

/** `/core/users/{id}/confirmation_email/` */
@ApiTags('core')
@Controller('core/users')
export class UserConfirmationController {
  constructor(private readonly service: UserConfirmationService) {}

  @users.detailAction({
    method: 'POST',
    path: 'confirmation_email',
    operation: 'confirmation_email_create',
    description:
      'Mail a new confirmation link to a user who has signed up and not confirmed the address. The email stage of the ' +
      'sign-up sends it, within its limits.',
    status: 204,
    permissions: [users.permission('change')],
    responses: [
      { status: 204, description: 'The mail is queued.' },
      {
        status: 429,
        description: 'The user has got as many mails as the email stage allows.',
        type: GenericErrorDto,
        headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } } },
      },
    ],
  })
  create(@Current() user: User, @Idempotent() request?: IdempotentRequest): Promise<void> {
    return this.service.mail(user, request);
  }
}
