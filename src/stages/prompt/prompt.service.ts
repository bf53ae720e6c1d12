import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import type { StageDto } from '../../flows/dto/stage.dto.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { stageResponse } from '../../flows/stage.mapper.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import type { PromptDto, PromptRequestDto } from './dto/prompt.dto.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import { Prompt } from './prompt.entity.js';
import { promptResponse, promptColumns, type PromptRow } from './prompt.mapper.js';

/** Stores prompts. `promptstage_set` is validated but ignored: the stage's `fields` decide. */
@Injectable()
export class PromptService extends ResourceStore<Prompt, PromptRow, PromptDto, PromptRequestDto> {
  constructor(
    dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {
    super(dataSource, { entity: Prompt, alias: 'prompt', columns: promptColumns });
  }

  /**
   * Returns the stages that use the prompt.
   *
   * @throws AppError `notFound`
   */
  override async references(pk: string, visible: VisibleRows, by: Caller): Promise<Reference[]> {
    await this.get(pk, visible, by);
    const rows = this.fieldsOf([pk])
      .select('stage.pk', 'pk')
      .addSelect(`concat('Stage ', stage.name)`, 'name')
      .orderBy('stage.name');
    return [{ app: 'authentik_stages_prompt', model: 'promptstage', action: 'cascade_many', rows }];
  }

  /** Returns the responses for prompts, with all their stages in one query. */
  protected async responses({ manager, rows }: ReadRows<PromptRow, never>): Promise<PromptDto[]> {
    const prompts = rows.map(({ pk }) => pk);
    const fields = await this.fieldsOf(prompts, manager)
      .select('field.promptId', 'prompt')
      .addSelect('stage.pk', 'pk')
      .addSelect('stage.name', 'name')
      .orderBy('stage.name')
      .getRawMany<{ prompt: string; pk: string; name: string }>();
    const flows = await this.flowSets.ofStages([...new Set(fields.map(({ pk }) => pk))], manager);
    const kind = this.kinds.get('prompt');
    const stages = new Map<string, StageDto[]>(prompts.map((prompt) => [prompt, []]));
    for (const { prompt, ...stage } of fields) {
      stages.get(prompt)?.push(stageResponse(stage, kind, flows.get(stage.pk) ?? []));
    }
    return rows.map((row) => promptResponse(row, stages.get(row.pk) ?? []));
  }

  private fieldsOf(
    prompts: readonly string[],
    manager = this.dataSource.manager,
  ): SelectQueryBuilder<PromptStageField> {
    return manager
      .createQueryBuilder(PromptStageField, 'field')
      .innerJoin('field.stage', 'stage')
      .where('field.promptId = any(:prompts)', { prompts });
  }
}
