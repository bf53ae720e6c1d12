import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { Current } from '../../rest/access/visible.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { InvitationMailRequestDto } from './dto/invitation-mail.dto.js';
import { InvitationMail } from './invitation-mail.service.js';
import { Invitation } from './invitation.entity.js';
import { invitations } from './invitation.resource.js';

/** `/stages/invitation/invitations/{invite_uuid}/send_email/` */
@ApiTags('stages')
@Controller('stages/invitation/invitations')
export class InvitationMailController {
  constructor(private readonly mails: InvitationMail) {}

  @invitations.detailAction({
    method: 'POST',
    path: 'send_email',
    operation: 'send_email_create',
    description:
      'Mail the link of an invitation to one address. If the invitation is for single use, a sign-up by this link with ' +
      'this address verifies it. A mail to another address ends the link of the earlier mail.',
    status: 204,
    permissions: [invitations.permission('change')],
    responses: [
      { status: 204, description: 'Mail queued.' },
      {
        status: 429,
        description: 'A limit is reached: mails of the caller or of the recipient.',
        type: GenericErrorDto,
        headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } } },
      },
    ],
  })
  send(
    @Current() invitation: Invitation,
    @Body() request: InvitationMailRequestDto,
    @CurrentCaller() caller: Caller,
    @Idempotent() idempotent?: IdempotentRequest,
  ): Promise<void> {
    return this.mails.send(invitation, request, caller, idempotent);
  }
}
