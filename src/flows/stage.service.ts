import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import type { VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import type { Page } from '../rest/list/page.js';
import { readPageWith, readRows } from '../rest/list/read-page.js';
import type { Reference } from '../rest/used-by.js';
import type { StageDto, StageListQuery, TypeCreateDto, UserSettingDto } from './dto/stage.dto.js';
import { type FlowWithStages, FlowSetReader, type FlowSets, groupFlowsByStage } from './flow-set.js';
import { StageKinds } from './stage-kinds.js';
import { stageReferences } from './stage-references.js';
import { Stage } from './stage.entity.js';
import { stageResponse, stageColumns, type StageRow } from './stage.mapper.js';

/** Stages of every kind, seen as what they have in common. */
@Injectable()
export class StageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {}

  async list(query: StageListQuery, visible: VisibleRows): Promise<Page<StageDto>> {
    const flows = this.flowSets.flowsOf('select pk from page');
    const page = await readPageWith<StageRow, FlowWithStages>(flows, this.stages(visible), query);
    return { pagination: page.pagination, results: this.responses(page.results, groupFlowsByStage(page.related)) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<StageDto> {
    const stage = this.stages(visible).andWhere('stage.pk = :pk', { pk });
    const { manager } = this.dataSource;
    const related = this.flowSets.flowsOf('select pk from page');
    const found = await readRows<StageRow, FlowWithStages>(manager, stage, stageColumns, { related });
    const [response] = this.responses(found.rows, groupFlowsByStage(found.related));
    if (response === undefined) throw new AppError('notFound');
    return response;
  }

  /** Removes a stage of any kind, and its bindings. */
  async remove({ pk }: Stage): Promise<void> {
    await this.dataSource.transaction((manager) => manager.delete(Stage, { pk }));
  }

  /** @throws AppError `notFound` */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    return stageReferences(this.dataSource.manager, pk);
  }

  /** Every kind of stage that can be created. */
  types(): TypeCreateDto[] {
    return this.kinds.all().map((kind) => ({
      name: kind.verboseName,
      description: kind.description,
      component: kind.component,
      model_name: kind.model.slice(kind.model.indexOf('.') + 1),
      icon_url: null,
      requires_enterprise: false,
    }));
  }

  /** What users can set up for themselves. */
  async userSettings(): Promise<UserSettingDto[]> {
    const settings = this.kinds.all().map(async (kind) => (await kind.userSettings?.(this.dataSource.manager)) ?? []);
    return (await Promise.all(settings)).flat();
  }

  private stages(visible: VisibleRows): SelectQueryBuilder<Stage> {
    return restrict(this.dataSource.manager.createQueryBuilder(Stage, 'stage'), visible);
  }

  private responses(rows: readonly StageRow[], flows: FlowSets): StageDto[] {
    return rows.map((row) => stageResponse(row, this.kinds.get(row.kind), flows.get(row.pk) ?? []));
  }
}
