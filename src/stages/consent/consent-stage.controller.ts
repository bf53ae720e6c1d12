import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { ConsentStage } from './consent-stage.entity.js';
import { consentStages as stages } from './consent-stage.resource.js';
import { ConsentStageService } from './consent-stage.service.js';
import { ConsentStageListQuery } from './dto/consent-stage-list.query.js';
import { ConsentStageDto, ConsentStageRequestDto, PatchedConsentStageRequestDto } from './dto/consent-stage.dto.js';

/** `/stages/consent/` */
@ApiTags('stages')
@Controller('stages/consent')
export class ConsentStageController {
  constructor(private readonly service: ConsentStageService) {}

  @stages.list()
  list(@Query() query: ConsentStageListQuery, @Visible() visible: VisibleRows): Promise<Page<ConsentStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: ConsentStageRequestDto): Promise<ConsentStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<ConsentStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: ConsentStage, @Body() request: ConsentStageRequestDto): Promise<ConsentStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(@Current() stage: ConsentStage, @Body() request: PatchedConsentStageRequestDto): Promise<ConsentStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: ConsentStage): Promise<void> {
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
