import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { UserWriteStageListQuery } from './dto/user-write-stage-list.query.js';
import {
  PatchedUserWriteStageRequestDto,
  UserWriteStageDto,
  UserWriteStageRequestDto,
} from './dto/user-write-stage.dto.js';
import { UserWriteStage } from './user-write-stage.entity.js';
import { userWriteStages as stages } from './user-write-stage.resource.js';
import { UserWriteStageService } from './user-write-stage.service.js';

/** `/stages/user_write/` */
@ApiTags('stages')
@Controller('stages/user_write')
export class UserWriteStageController {
  constructor(private readonly service: UserWriteStageService) {}

  @stages.list()
  list(@Query() query: UserWriteStageListQuery, @Visible() visible: VisibleRows): Promise<Page<UserWriteStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: UserWriteStageRequestDto, @CurrentCaller() caller: Caller): Promise<UserWriteStageDto> {
    return this.service.createBy(caller, request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<UserWriteStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(
    @Current() stage: UserWriteStage,
    @Body() request: UserWriteStageRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<UserWriteStageDto> {
    return this.service.updateBy(caller, stage, request);
  }

  @stages.update()
  update(
    @Current() stage: UserWriteStage,
    @Body() request: PatchedUserWriteStageRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<UserWriteStageDto> {
    return this.service.updateBy(caller, stage, request);
  }

  @stages.remove()
  remove(@Current() stage: UserWriteStage): Promise<void> {
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
