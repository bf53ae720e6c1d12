import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import type { PromptStageDto, PromptStageRequestDto } from './dto/prompt-stage.dto.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import { PromptStage } from './prompt-stage.entity.js';
import { promptStageKind } from './prompt-stage.kind.js';
import { promptName } from './prompt.mapper.js';

/** Keeps the prompt stages. */
@Injectable()
export class PromptStageService extends StageStore<PromptStage, PromptStageDto, PromptStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, promptStageKind);
  }

  /** As for every stage, after the prompts in its form. */
  override async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    const others = await super.references(pk, visible);
    const rows = this.dataSource.manager
      .createQueryBuilder(PromptStageField, 'field')
      .innerJoin('field.prompt', 'prompt')
      .where('field.stageId = :pk', { pk })
      .select('prompt.pk', 'pk')
      .addSelect(promptName, 'name')
      .orderBy('prompt.order')
      .addOrderBy('prompt.name');
    return [{ app: 'authentik_stages_prompt', model: 'prompt', action: 'cascade_many', rows }, ...others];
  }

  protected override columnsOf(request: Partial<PromptStageRequestDto>): Partial<PromptStage> {
    const { fields: _, validation_policies: __, ...others } = request;
    return super.columnsOf(others);
  }

  protected override async afterWrite(
    manager: EntityManager,
    pk: string,
    { fields }: Partial<PromptStageRequestDto>,
  ): Promise<void> {
    if (fields === undefined) return;
    await manager.query('delete from "prompt_stage_field" where stage_uuid = $1 and prompt_uuid <> all($2)', [
      pk,
      fields,
    ]);
    await manager.query(
      `insert into "prompt_stage_field" (stage_uuid, prompt_uuid)
       select distinct $1::uuid, unnest($2::uuid[]) on conflict do nothing`,
      [pk, fields],
    );
  }
}
