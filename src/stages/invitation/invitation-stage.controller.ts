import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { InvitationStageListQuery } from './dto/invitation-stage-list.query.js';
import {
  PatchedInvitationStageRequestDto,
  InvitationStageDto,
  InvitationStageRequestDto,
} from './dto/invitation-stage.dto.js';
import { InvitationStage } from './invitation-stage.entity.js';
import { invitationStages as stages } from './invitation-stage.resource.js';
import { InvitationStageService } from './invitation-stage.service.js';

/** `/stages/invitation/stages/` */
@ApiTags('stages')
@Controller('stages/invitation/stages')
export class InvitationStageController {
  constructor(private readonly service: InvitationStageService) {}

  @stages.list()
  list(@Query() query: InvitationStageListQuery, @Visible() visible: VisibleRows): Promise<Page<InvitationStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: InvitationStageRequestDto): Promise<InvitationStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<InvitationStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: InvitationStage, @Body() request: InvitationStageRequestDto): Promise<InvitationStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(
    @Current() stage: InvitationStage,
    @Body() request: PatchedInvitationStageRequestDto,
  ): Promise<InvitationStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: InvitationStage): Promise<void> {
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
