import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { UserLoginStageListQuery } from './dto/user-login-stage-list.query.js';
import {
  UserLoginStageDto,
  UserLoginStageRequestDto,
  PatchedUserLoginStageRequestDto,
} from './dto/user-login-stage.dto.js';
import { UserLoginStage } from './user-login-stage.entity.js';
import { userLoginStages as stages } from './user-login-stage.resource.js';
import { UserLoginStageService } from './user-login-stage.service.js';

/** `/stages/user_login/` */
@ApiTags('stages')
@Controller('stages/user_login')
export class UserLoginStageController {
  constructor(private readonly service: UserLoginStageService) {}

  @stages.list()
  list(@Query() query: UserLoginStageListQuery, @Visible() visible: VisibleRows): Promise<Page<UserLoginStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: UserLoginStageRequestDto): Promise<UserLoginStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<UserLoginStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: UserLoginStage, @Body() request: UserLoginStageRequestDto): Promise<UserLoginStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(
    @Current() stage: UserLoginStage,
    @Body() request: PatchedUserLoginStageRequestDto,
  ): Promise<UserLoginStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: UserLoginStage): Promise<void> {
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
