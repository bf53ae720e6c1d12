import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { Current, restrict } from '../rest/access/visible.js';
import { flowDiagram } from './diagram.js';
import { FlowDiagramDto } from './dto/flow.dto.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { Flow } from './flow.entity.js';
import { flows } from './flow.resource.js';
import { StageKinds } from './stage-kinds.js';

/** `/flows/instances/{slug}/diagram/` */
@ApiTags('flows')
@Controller('flows/instances')
export class DiagramController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly kinds: StageKinds,
  ) {}

  /** Contains only objects that the caller may view. */
  @flows.detailAction({
    method: 'GET',
    path: 'diagram',
    operation: 'diagram_retrieve',
    description: 'Get a diagram of one flow, as Mermaid source.',
    permissions: [],
    responses: [{ status: 200, type: FlowDiagramDto }],
  })
  async diagram(@Current() flow: Flow, @CurrentCaller() caller: Caller): Promise<FlowDiagramDto> {
    const bindings = this.dataSource.manager
      .createQueryBuilder(FlowStageBinding, 'binding')
      .innerJoin('binding.stage', 'stage')
      .select('stage.name', 'name')
      .addSelect('stage.kind', 'kind')
      .where('binding.targetId = :flow', { flow: flow.pk })
      .orderBy('binding.order')
      .addOrderBy('binding.pk');
    const visible = caller.viewable('authentik_flows.flowstagebinding');
    const rows = await restrict(bindings, visible).getRawMany<{ name: string; kind: string }>();
    const stages = rows.map(({ name, kind }) => ({ name, type: this.kinds.get(kind).verboseName }));
    return { diagram: flowDiagram({ ...flow, stages }) };
  }
}
