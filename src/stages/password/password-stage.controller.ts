import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { PasswordStageListQuery } from './dto/password-stage-list.query.js';
import { PasswordStageDto, PasswordStageRequestDto, PatchedPasswordStageRequestDto } from './dto/password-stage.dto.js';
import { PasswordStage } from './password-stage.entity.js';
import { passwordStages as stages } from './password-stage.resource.js';
import { PasswordStageService } from './password-stage.service.js';

/** `/stages/password/` */
@ApiTags('stages')
@Controller('stages/password')
export class PasswordStageController {
  constructor(private readonly service: PasswordStageService) {}

  @stages.list()
  list(@Query() query: PasswordStageListQuery, @Visible() visible: VisibleRows): Promise<Page<PasswordStageDto>> {
    return this.service.list(query, visible);
  }

  @stages.create()
  create(@Body() request: PasswordStageRequestDto): Promise<PasswordStageDto> {
    return this.service.create(request);
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<PasswordStageDto> {
    return this.service.get(pk, visible);
  }

  @stages.replace()
  replace(@Current() stage: PasswordStage, @Body() request: PasswordStageRequestDto): Promise<PasswordStageDto> {
    return this.service.update(stage, request);
  }

  @stages.update()
  update(@Current() stage: PasswordStage, @Body() request: PatchedPasswordStageRequestDto): Promise<PasswordStageDto> {
    return this.service.update(stage, request);
  }

  @stages.remove()
  remove(@Current() stage: PasswordStage): Promise<void> {
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
