import { Body, Controller, Ip, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../core/idempotency/idempotent-request.js';
import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { GenericErrorDto, ValidationErrorDto } from '../rest/openapi/error.dto.js';
import { Resource } from '../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../rest/used-by.js';
import { VerificationListQuery } from './dto/verification-list.query.js';
import {
  VerificationCheckErrorDto,
  VerificationCheckRequestDto,
  VerificationDto,
  VerificationRequestDto,
  VerificationResendRequestDto,
} from './dto/verification.dto.js';
import { VerificationCheck } from './verification-check.service.js';
import { Verification } from './verification.entity.js';
import { VerificationService } from './verification.service.js';

const verifications = new Resource({
  operations: 'verifications',
  model: 'authentik_verifications.verification',
  noun: 'verification',
  response: VerificationDto,
  lookup: {
    entity: () => Verification,
    parameter: 'verification_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the verification.',
  },
  // Applications with a token each do not see those of one another.
  creator: 'createdById',
});

const changed = { status: 200, type: VerificationDto };
const refused = { status: 400, type: VerificationCheckErrorDto };
/** The response beyond a limit. */
export const limited = {
  status: 429,
  description: 'A limit is reached: mails of the caller, the client or the recipient, or wrong codes for the address.',
  type: GenericErrorDto,
  headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } } },
};

/** `/verifications/` */
@ApiTags('verifications')
@Controller('verifications')
export class VerificationController {
  constructor(
    private readonly service: VerificationService,
    private readonly checks: VerificationCheck,
  ) {}

  @verifications.list()
  list(
    @Query() query: VerificationListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<VerificationDto>> {
    return this.service.list(query, visible, caller);
  }

  @verifications.collectionAction({
    method: 'POST',
    path: '',
    operation: 'create',
    description: 'Mail a link, a code or both to an address.',
    access: {
      level: 'authenticated',
      model: 'authentik_verifications.verification',
      everywhere: [verifications.permission('add')],
    },
    status: 201,
    responses: [{ status: 201, type: VerificationDto }, { status: 400, type: ValidationErrorDto }, limited],
  })
  create(
    @Body() request: VerificationRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
    @Idempotent() idempotent?: IdempotentRequest,
  ): Promise<VerificationDto> {
    return this.service.start(request, caller, clientIp, idempotent);
  }

  @verifications.retrieve()
  get(
    @verifications.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<VerificationDto> {
    return this.service.get(pk, visible, caller);
  }

  @verifications.detailAction({
    method: 'POST',
    path: 'check',
    operation: 'check_create',
    description:
      'Check the code that a visitor has entered, and approve the verification if it is right. Answers 400 with the number ' +
      'of tries that are left if it is wrong. After the approval the right code is answered with 200 again.',
    permissions: [verifications.permission('check')],
    responses: [changed, refused, limited],
  })
  async check(
    @Current() verification: Verification,
    @Body() { code, client_ip: visitorIp }: VerificationCheckRequestDto,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<VerificationDto> {
    await this.checks.check(verification, code, visitorIp, { user: caller.identity, clientIp });
    return this.service.get(verification.pk, everyRow, caller);
  }

  @verifications.detailAction({
    method: 'POST',
    path: 'resend',
    operation: 'resend_create',
    description: 'Send another mail with the same link and a new code. Answers 400 if the verification has ended.',
    permissions: [verifications.permission('resend')],
    responses: [changed, refused, limited],
  })
  resend(
    @Current() verification: Verification,
    @Body() { client_ip: visitorIp }: VerificationResendRequestDto,
    @CurrentCaller() caller: Caller,
    @Idempotent() idempotent?: IdempotentRequest,
  ): Promise<VerificationDto> {
    return this.service.resend(verification, caller, visitorIp, idempotent);
  }

  @verifications.detailAction({
    method: 'POST',
    path: 'cancel',
    operation: 'cancel_create',
    description:
      'End a verification: its link and its code no longer work. Answers 400 if it has ended in another way.',
    permissions: [verifications.permission('cancel')],
    responses: [changed, refused],
  })
  cancel(
    @Current() verification: Verification,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<VerificationDto> {
    return this.service.cancel(verification, { user: caller.identity, clientIp });
  }

  @verifications.remove()
  remove(
    @Current() verification: Verification,
    @CurrentCaller() caller: Caller,
    @Ip() clientIp: string,
  ): Promise<void> {
    return this.service.delete(verification, { user: caller.identity, clientIp });
  }

  @verifications.usedBy()
  async usedBy(
    @verifications.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible, caller), caller);
  }
}
