import { Body, Controller, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { PromptChallengeDto } from './dto/prompt-challenge.dto.js';
import { PromptListQuery } from './dto/prompt-list.query.js';
import { PatchedPromptRequestDto, PromptDto, PromptPreviewRequestDto, PromptRequestDto } from './dto/prompt.dto.js';
import { type PromptChallenge, promptChallenge } from './prompt-form.js';
import { Prompt } from './prompt.entity.js';
import { previewOf } from './prompt.mapper.js';
import { prompts } from './prompt.resource.js';
import { PromptService } from './prompt.service.js';

/** `/stages/prompt/prompts/` */
@ApiTags('stages')
@Controller('stages/prompt/prompts')
export class PromptController {
  constructor(private readonly service: PromptService) {}

  @prompts.list()
  list(@Query() query: PromptListQuery, @Visible() visible: VisibleRows): Promise<Page<PromptDto>> {
    return this.service.list(query, visible);
  }

  @prompts.create()
  create(@Body() request: PromptRequestDto): Promise<PromptDto> {
    return this.service.create(request);
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

  @prompts.retrieve()
  get(@prompts.key() pk: string, @Visible() visible: VisibleRows): Promise<PromptDto> {
    return this.service.get(pk, visible);
  }

  @prompts.replace()
  replace(@Current() prompt: Prompt, @Body() request: PromptRequestDto): Promise<PromptDto> {
    return this.service.update(prompt, request);
  }

  @prompts.update()
  update(@Current() prompt: Prompt, @Body() request: PatchedPromptRequestDto): Promise<PromptDto> {
    return this.service.update(prompt, request);
  }

  @prompts.remove()
  remove(@Current() prompt: Prompt): Promise<void> {
    return this.service.remove(prompt);
  }

  @prompts.usedBy()
  async usedBy(
    @prompts.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
