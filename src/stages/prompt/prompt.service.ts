import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { StageDto } from '../../flows/dto/stage.dto.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { StageKinds } from '../../flows/stage-kinds.js';
import { stageAnswer } from '../../flows/stage.mapper.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Reference } from '../../rest/used-by.js';
import type { PromptListQuery } from './dto/prompt-list.query.js';
import type { PatchedPromptRequestDto, PromptDto, PromptRequestDto } from './dto/prompt.dto.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import { Prompt } from './prompt.entity.js';
import { promptAnswer, promptColumns, type PromptRow } from './prompt.mapper.js';

/** Stores prompts. */
@Injectable()
export class PromptService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {}

  async list(query: PromptListQuery, visible: VisibleRows): Promise<Page<PromptDto>> {
    const { pagination, results } = await readPage<PromptRow>(this.prompts(visible), query);
    return { pagination, results: await this.toDtos(results) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, manager = this.dataSource.manager): Promise<PromptDto> {
    const prompt = this.prompts(visible, manager).andWhere('prompt.pk = :pk', { pk });
    const row = await select(prompt, promptColumns).getRawOne<PromptRow>();
    const [answer] = row === undefined ? [] : await this.toDtos([row], manager);
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  create(request: PromptRequestDto, pk: string = randomUUID()): Promise<PromptDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.insert(manager, request, pk);
      return this.get(pk, everyRow, manager);
    });
  }

  /** Changes the fields in the request. The others keep their values, also for PUT. */
  update({ pk }: Prompt, request: PromptRequestDto | PatchedPromptRequestDto): Promise<PromptDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.change(manager, pk, request);
      return this.get(pk, everyRow, manager);
    });
  }

  /** Like `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: PromptRequestDto, pk: string): Promise<void> {
    await manager.insert(Prompt, { ...columnsOfPrompt(request), pk });
  }

  /** Like `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedPromptRequestDto): Promise<void> {
    const columns = columnsOfPrompt(request);
    if (Object.keys(columns).length > 0) await manager.update(Prompt, { pk }, columns);
  }

  /** Deletes the prompt and removes it from the stages that use it. */
  async remove({ pk }: Prompt, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(Prompt, { pk }));
  }

  /**
   * Returns the stages that use the prompt.
   *
   * @throws AppError `notFound`
   */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    const rows = this.fieldsOf([pk])
      .select('stage.pk', 'pk')
      .addSelect(`concat('Stage ', stage.name)`, 'name')
      .orderBy('stage.name');
    return [{ app: 'authentik_stages_prompt', model: 'promptstage', action: 'cascade_many', rows }];
  }

  private prompts(visible: VisibleRows, manager = this.dataSource.manager): SelectQueryBuilder<Prompt> {
    return restrict(manager.createQueryBuilder(Prompt, 'prompt'), visible);
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

  /** Returns the responses for prompts, with all their stages in one query. */
  private async toDtos(rows: readonly PromptRow[], manager = this.dataSource.manager): Promise<PromptDto[]> {
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
      stages.get(prompt)?.push(stageAnswer(stage, kind, flows.get(stage.pk) ?? []));
    }
    return rows.map((row) => promptAnswer(row, stages.get(row.pk) ?? []));
  }
}

/** Returns the columns to write. `promptstage_set` is validated but ignored: the stage's `fields` decide. */
function columnsOfPrompt({ promptstage_set: _, ...others }: PatchedPromptRequestDto): Partial<Prompt> {
  return columnsOf<Prompt>(others);
}
