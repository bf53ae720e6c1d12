import { Controller, Param, Req } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { RequestBody } from '../../rest/http/request-body.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { Action } from '../../rest/resource.js';
import { MailFeedbackResultDto } from './dto/mail-feedback.dto.js';
import { feedbackProviders, FeedbackService } from './feedback.service.js';

/** `/mail/feedback/`: webhooks of providers. */
@ApiTags('mail')
@Controller('mail/feedback')
export class FeedbackController {
  constructor(private readonly service: FeedbackService) {}

  @Action({
    method: 'POST',
    path: ':provider',
    operation: 'mail_feedback_create',
    description:
      'Receive the events of a provider: bounces and complaints. The body is the one that the provider documents, and ' +
      'the provider proves itself as it documents, with the secret in the settings. Other events change nothing.',
    access: { level: 'visitor' },
    responses: [
      { status: 200, type: MailFeedbackResultDto },
      { status: 404, type: GenericErrorDto },
    ],
  })
  @ApiParam({
    name: 'provider',
    schema: { type: 'string', enum: [...feedbackProviders] },
    description: 'Name of the provider.',
  })
  async receive(
    @Param('provider') provider: string,
    @Req() { headers, body }: FastifyRequest,
  ): Promise<MailFeedbackResultDto> {
    if (!(body instanceof RequestBody)) throw new Error('a route without a body');
    // Read by the provider: one whose login is in the header refuses strangers first.
    const request = {
      headers,
      json: () => body.json(),
      get body() {
        return body.bytes;
      },
    };
    return { recorded: await this.service.receive(provider, request) };
  }
}
