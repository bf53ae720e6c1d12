import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { PromptStageListQuery } from './dto/prompt-stage-list.query.js';
import { PatchedPromptStageRequestDto, PromptStageDto, PromptStageRequestDto } from './dto/prompt-stage.dto.js';
import { PromptStage } from './prompt-stage.entity.js';
import { promptStages as stages } from './prompt-stage.resource.js';
import { PromptStageService } from './prompt-stage.service.js';

/** `/stages/prompt/stages/` */
@ApiTags('stages')
@Controller('stages/prompt/stages')
export class PromptStageController {
  constructor(private readonly service: PromptStageService) {}

  @stages.list()
  list(@Query() query: PromptStageListQuery, @Visible() visible: VisibleRows): Promise<Page<PromptStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: PromptStageRequestDto): Promise<PromptStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<PromptStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: PromptStage, @Body() request: PromptStageRequestDto): Promise<PromptStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(@Current() stage: PromptStage, @Body() request: PatchedPromptStageRequestDto): Promise<PromptStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: PromptStage): Promise<void> {
    return this.service.remove(stage);
  }

  @stages.usedBy()
  async usedBy(
    @stages.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
