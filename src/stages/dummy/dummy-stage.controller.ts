import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { DummyStageListQuery } from './dto/dummy-stage-list.query.js';
import { DummyStageDto, DummyStageRequestDto, PatchedDummyStageRequestDto } from './dto/dummy-stage.dto.js';
import { DummyStage } from './dummy-stage.entity.js';
import { dummyStages as stages } from './dummy-stage.resource.js';
import { DummyStageService } from './dummy-stage.service.js';

/** `/stages/dummy/` */
@ApiTags('stages')
@Controller('stages/dummy')
export class DummyStageController {
  constructor(private readonly service: DummyStageService) {}

  @stages.list()
  list(@Query() query: DummyStageListQuery, @Visible() visible: VisibleRows): Promise<Page<DummyStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: DummyStageRequestDto): Promise<DummyStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<DummyStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: DummyStage, @Body() request: DummyStageRequestDto): Promise<DummyStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(@Current() stage: DummyStage, @Body() request: PatchedDummyStageRequestDto): Promise<DummyStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: DummyStage): Promise<void> {
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
