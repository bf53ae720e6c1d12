import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { IdentificationStageListQuery } from './dto/identification-stage-list.query.js';
import {
  IdentificationStageDto,
  IdentificationStageRequestDto,
  PatchedIdentificationStageRequestDto,
} from './dto/identification-stage.dto.js';
import { IdentificationStage } from './identification-stage.entity.js';
import { identificationStages as stages } from './identification-stage.resource.js';
import { IdentificationStageService } from './identification-stage.service.js';

/** `/stages/identification/` */
@ApiTags('stages')
@Controller('stages/identification')
export class IdentificationStageController {
  constructor(private readonly service: IdentificationStageService) {}

  @stages.list()
  list(
    @Query() query: IdentificationStageListQuery,
    @Visible() visible: VisibleRows,
  ): Promise<Page<IdentificationStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: IdentificationStageRequestDto): Promise<IdentificationStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<IdentificationStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(
    @Current() stage: IdentificationStage,
    @Body() request: IdentificationStageRequestDto,
  ): Promise<IdentificationStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(
    @Current() stage: IdentificationStage,
    @Body() request: PatchedIdentificationStageRequestDto,
  ): Promise<IdentificationStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: IdentificationStage): Promise<void> {
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
