import type { Readable } from 'node:stream';

import { Body, Controller, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Idempotent, type IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { LimitedPerUser } from '../../core/limits/limited-per-user.js';
import { checkContent, eventStream, respondToCheck } from '../../mail/transports/check-stream.js';
import { Current } from '../../rest/access/visible.js';
import { ValidationErrorDto } from '../../rest/openapi/error.dto.js';
import {
  EmailStageCheckDto,
  EmailStageTestDto,
  EmailStageTestRequestDto,
  EmailTemplatePreviewDto,
  EmailTemplatePreviewRequestDto,
} from './dto/email-stage-mail.dto.js';
import { EmailStageMailService } from './email-stage-mail.service.js';
import { emailStage } from './email-stage.definition.js';
import { EmailStage } from './email-stage.entity.js';

const { resource: emailStages } = emailStage;
const mayChange = [emailStages.permission('change')];
const invalid = { status: 400, type: ValidationErrorDto };

/** Limits each of the three routes to 30 requests in 5 minutes. */
function Limited(name: string): MethodDecorator {
  return LimitedPerUser({ name: `stages_email_${name}`, times: 30, seconds: 300 });
}

/** `/stages/email/`: test mails, server checks and previews, which authentik's API does not have. */
@ApiTags('mail')
@Controller('stages/email')
export class EmailStageMailController {
  constructor(private readonly service: EmailStageMailService) {}

  @emailStages.detailAction({
    method: 'POST',
    path: 'test',
    operation: 'test_create',
    description:
      'Send a test mail with the settings of a stage, through the same queue, worker and server as other mails. The ' +
      'response does not wait for the delivery.',
    permissions: mayChange,
    status: 202,
    responses: [{ status: 202, type: EmailStageTestDto }, invalid],
  })
  @Limited('test')
  test(
    @Current() stage: EmailStage,
    @Body() mail: EmailStageTestRequestDto,
    @Idempotent() request?: IdempotentRequest,
  ): Promise<EmailStageTestDto> {
    return this.service.test(stage, mail, request);
  }

  @emailStages.detailAction({
    method: 'POST',
    path: 'check',
    operation: 'check_create',
    description:
      'Connect and log in to the mail server of a stage, without sending a mail, and look up the domain of its sender. ' +
      'With `Accept: text/event-stream` each step is an event `step` as it ends; the event `result` is the answer.',
    permissions: mayChange,
    alsoAs: eventStream,
    responses: [{ status: 200, content: checkContent(EmailStageCheckDto) }, invalid],
  })
  @Limited('check')
  @ApiExtraModels(EmailStageCheckDto)
  check(
    @Current() stage: EmailStage,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EmailStageCheckDto | Readable> {
    return respondToCheck(request, reply, (onStep) => this.service.check(stage, onStep));
  }

  @emailStages.collectionAction({
    method: 'POST',
    path: 'templates/preview',
    operation: 'templates_preview_create',
    description: 'Preview a template, with example values or your own.',
    access: { level: 'authenticated', everywhere: mayChange },
    responses: [{ status: 200, type: EmailTemplatePreviewDto }],
  })
  @Limited('preview')
  preview(@Body() request: EmailTemplatePreviewRequestDto): Promise<EmailTemplatePreviewDto> {
    return this.service.preview(request);
  }
}
