import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import type { UsedByDto } from '../rest/used-by.js';
import { BlueprintApplier } from './blueprint-applier.js';
import { BlueprintInstance } from './blueprint-instance.entity.js';
import { BlueprintService } from './blueprint.service.js';
import {
  BlueprintFileDto,
  BlueprintInstanceDto,
  BlueprintInstanceRequestDto,
  BlueprintListQuery,
  PatchedBlueprintInstanceRequestDto,
} from './dto/blueprint-instance.dto.js';

const blueprints = new Resource({
  operations: 'managed_blueprints',
  model: 'authentik_blueprints.blueprintinstance',
  noun: 'blueprint',
  response: BlueprintInstanceDto,
  lookup: {
    entity: () => BlueprintInstance,
    parameter: 'instance_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the blueprint.',
  },
});

/** `/managed/blueprints/` */
@ApiTags('managed')
@Controller('managed/blueprints')
export class BlueprintController {
  constructor(
    private readonly service: BlueprintService,
    private readonly applier: BlueprintApplier,
  ) {}

  @blueprints.list()
  list(@Query() query: BlueprintListQuery, @Visible() visible: VisibleRows): Promise<Page<BlueprintInstanceDto>> {
    return this.service.list(query, visible);
  }

  @blueprints.create()
  create(@Body() request: BlueprintInstanceRequestDto, @CurrentCaller() caller: Caller): Promise<BlueprintInstanceDto> {
    return this.service.create(request, caller);
  }

  @blueprints.collectionAction({
    method: 'GET',
    path: 'available',
    operation: 'available_list',
    description: 'List the blueprint files: the shipped ones and those in BLUEPRINT_DIR.',
    access: { level: 'authenticated', everywhere: [blueprints.permission('view')] },
    responses: [{ status: 200, type: BlueprintFileDto, isArray: true }],
  })
  available(): Promise<BlueprintFileDto[]> {
    return this.service.available();
  }

  @blueprints.retrieve()
  get(@blueprints.key() pk: string, @Visible() visible: VisibleRows): Promise<BlueprintInstanceDto> {
    return this.service.get(pk, visible);
  }

  @blueprints.replace()
  replace(
    @Current() instance: BlueprintInstance,
    @Body() request: BlueprintInstanceRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<BlueprintInstanceDto> {
    return this.service.update(instance, request, caller);
  }

  @blueprints.update()
  update(
    @Current() instance: BlueprintInstance,
    @Body() request: PatchedBlueprintInstanceRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<BlueprintInstanceDto> {
    return this.service.update(instance, request, caller);
  }

  @blueprints.remove()
  remove(@Current() instance: BlueprintInstance): Promise<void> {
    return this.service.remove(instance);
  }

  @blueprints.detailAction({
    method: 'POST',
    path: 'apply',
    operation: 'apply_create',
    description:
      'Apply one blueprint with your permissions, all or nothing. The `status` of the response is the result. A disabled ' +
      'blueprint is not applied.',
    permissions: [blueprints.permission('add'), blueprints.permission('change')],
    responses: [{ status: 200, type: BlueprintInstanceDto }],
  })
  async apply(
    @Current() instance: BlueprintInstance,
    @CurrentCaller() caller: Caller,
    @Visible() visible: VisibleRows,
  ): Promise<BlueprintInstanceDto> {
    await this.applier.apply(instance, caller);
    return this.service.get(instance.pk, visible);
  }

  /** Always empty: no object refers to blueprints. */
  @blueprints.usedBy()
  async usedBy(@blueprints.key() pk: string, @Visible() visible: VisibleRows): Promise<UsedByDto[]> {
    await this.service.get(pk, visible);
    return [];
  }
}
