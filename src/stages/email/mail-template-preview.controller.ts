import { Body, Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { LimitedPerUser } from '../../core/limits/limited-per-user.js';
import { mailTemplateModel } from '../../mail/stored-templates/mail-template.entity.js';
import { codename } from '../../rest/access/route-access.js';
import { ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import { Action } from '../../rest/resource.js';
import { EmailStageTestDto } from './dto/email-stage-mail.dto.js';
import {
  MailTemplatePreviewDto,
  MailTemplatePreviewRequestDto,
  MailTemplateSendRequestDto,
} from './dto/mail-template-preview.dto.js';
import { MailTemplatePreviews } from './mail-template-previews.service.js';

const invalid = { status: 400, type: ValidationErrorDto };

/** `/mail/templates/`: previews and test mails, which know the senders and subjects of email stages. */
@ApiTags('mail')
@Controller('mail/templates')
export class MailTemplatePreviewController {
  constructor(private readonly previews: MailTemplatePreviews) {}

  @Action({
    method: 'POST',
    path: 'preview',
    operation: 'mail_templates_preview_create',
    description:
      'Render a template with example values, without saving or sending it, and say what may be wrong with it.',
    access: {
      level: 'authenticated',
      model: mailTemplateModel,
      everywhere: [codename(mailTemplateModel, 'view')],
    },
    responses: [{ status: 200, type: MailTemplatePreviewDto }, invalid],
  })
  @LimitedPerUser({ name: 'mail_templates_preview', times: 600, seconds: 300 })
  preview(@Body() request: MailTemplatePreviewRequestDto): Promise<MailTemplatePreviewDto> {
    return this.previews.preview(request);
  }

  @Action({
    method: 'POST',
    path: 'send',
    operation: 'mail_templates_send_create',
    description:
      'Send a template with example values to the address of the caller, through the same queue and server as other ' +
      'mails. Only superusers send a source that is not saved.',
    access: {
      level: 'authenticated',
      model: mailTemplateModel,
      everywhere: [codename(mailTemplateModel, 'change')],
    },
    status: 202,
    responses: [{ status: 202, type: EmailStageTestDto }, invalid],
  })
  @LimitedPerUser({ name: 'mail_templates_send', times: 30, seconds: 300 })
  send(
    @Body() mail: MailTemplateSendRequestDto,
    @CurrentCaller() caller: Caller,
    @Idempotent() request?: IdempotentRequest,
  ): Promise<EmailStageTestDto> {
    return this.previews.send(mail, caller, request);
  }
}
