import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../rest/used-by.js';
import { StageDto, StageListQuery, TypeCreateDto, UserSettingDto } from './dto/stage.dto.js';
import { Stage } from './stage.entity.js';
import { StageService } from './stage.service.js';

const stages = new Resource({
  operations: 'stages_all',
  model: 'authentik_flows.stage',
  noun: 'stage of any kind',
  response: StageDto,
  cached: true,
  lookup: {
    entity: () => Stage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the stage.',
  },
});

/** `/stages/all/` */
@ApiTags('stages')
@Controller('stages/all')
export class StageController {
  constructor(private readonly service: StageService) {}

  @stages.list()
  list(@Query() query: StageListQuery, @Visible() visible: VisibleRows): Promise<Page<StageDto>> {
    return this.service.list(query, visible);
  }

  @stages.collectionAction({
    method: 'GET',
    path: 'types',
    operation: 'types_list',
    description: 'List the kinds of stages.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: TypeCreateDto, isArray: true }],
  })
  types(): TypeCreateDto[] {
    return this.service.types();
  }

  @stages.collectionAction({
    method: 'GET',
    path: 'user_settings',
    operation: 'user_settings_list',
    description: 'List stages with settings for the current user: password stages with a configuration flow.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: UserSettingDto, isArray: true }],
  })
  userSettings(): Promise<UserSettingDto[]> {
    return this.service.userSettings();
  }

  @stages.retrieve()
  get(@stages.key() pk: string, @Visible() visible: VisibleRows): Promise<StageDto> {
    return this.service.get(pk, visible);
  }

  @stages.remove()
  remove(@Current() stage: Stage): Promise<void> {
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
