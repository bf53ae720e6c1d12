import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { DenyStage } from './deny-stage.entity.js';
import { denyStages as stages } from './deny-stage.resource.js';
import { DenyStageService } from './deny-stage.service.js';
import { DenyStageListQuery } from './dto/deny-stage-list.query.js';
import { DenyStageDto, DenyStageRequestDto, PatchedDenyStageRequestDto } from './dto/deny-stage.dto.js';

/** `/stages/deny/` */
@ApiTags('stages')
@Controller('stages/deny')
export class DenyStageController {
  constructor(private readonly service: DenyStageService) {}

  @stages.list()
  list(@Query() query: DenyStageListQuery, @Visible() visible: VisibleRows): Promise<Page<DenyStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: DenyStageRequestDto): Promise<DenyStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<DenyStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: DenyStage, @Body() request: DenyStageRequestDto): Promise<DenyStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(@Current() stage: DenyStage, @Body() request: PatchedDenyStageRequestDto): Promise<DenyStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: DenyStage): Promise<void> {
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
