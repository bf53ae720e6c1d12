import { Body, Controller, Inject } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { PromptChallengeDto } from './dto/prompt-challenge.dto.js';
import { PromptListQuery } from './dto/prompt-list.query.js';
import { PatchedPromptRequestDto, PromptPreviewRequestDto, PromptRequestDto } from './dto/prompt.dto.js';
import { type PromptChallenge, promptChallenge } from './prompt-form.js';
import { previewOf } from './prompt.mapper.js';
import { prompts } from './prompt.resource.js';
import { PromptService } from './prompt.service.js';

/** `/stages/prompt/prompts/` */
@ApiTags('stages')
@Controller('stages/prompt/prompts')
export class PromptController extends ResourceController(prompts, {
  query: PromptListQuery,
  request: PromptRequestDto,
  patch: PatchedPromptRequestDto,
}) {
  constructor(@Inject(PromptService) service: PromptService) {
    super(service);
  }

  @prompts.collectionAction({
    method: 'POST',
    path: 'preview',
    operation: 'preview_create',
    description: 'Preview a prompt as a visitor would see it. Nothing is stored; `name` is optional.',
    access: {
      level: 'authenticated',
      model: 'authentik_stages_prompt.prompt',
      everywhere: [prompts.permission('add')],
    },
    responses: [{ status: 200, type: PromptChallengeDto }],
  })
  @ApiBody({ type: PromptRequestDto })
  preview(@Body() request: PromptPreviewRequestDto): PromptChallenge {
    return promptChallenge([previewOf(request)], {});
  }
}
