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

/** Keeps the prompts. */
@Injectable()
export class PromptService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {}

  async list(query: PromptListQuery, visible: VisibleRows): Promise<Page<PromptDto>> {
    const { pagination, results } = await readPage<PromptRow>(this.prompts(visible), query);
    return { pagination, results: await this.answers(results) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, manager = this.dataSource.manager): Promise<PromptDto> {
    const prompt = this.prompts(visible, manager).andWhere('prompt.pk = :pk', { pk });
    const row = await select(prompt, promptColumns).getRawOne<PromptRow>();
    const [answer] = row === undefined ? [] : await this.answers([row], manager);
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  create(request: PromptRequestDto, pk: string = randomUUID()): Promise<PromptDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.insert(manager, request, pk);
      return this.get(pk, everyRow, manager);
    });
  }

  /** Changes what the request names; the rest stays as it is, also for a PUT. */
  update({ pk }: Prompt, request: PromptRequestDto | PatchedPromptRequestDto): Promise<PromptDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.change(manager, pk, request);
      return this.get(pk, everyRow, manager);
    });
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: PromptRequestDto, pk: string): Promise<void> {
    await manager.insert(Prompt, { ...columnsOfPrompt(request), pk });
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedPromptRequestDto): Promise<void> {
    const columns = columnsOfPrompt(request);
    if (Object.keys(columns).length > 0) await manager.update(Prompt, { pk }, columns);
  }

  /** Removes the prompt, also from the forms that it stands in. */
  async remove({ pk }: Prompt, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(Prompt, { pk }));
  }

  /**
   * What refers to a prompt: the stages whose forms it stands in.
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

  /** The prompts as clients see them, with the stages of all of them read at once. */
  private async answers(rows: readonly PromptRow[], manager = this.dataSource.manager): Promise<PromptDto[]> {
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

/** `promptstage_set` is checked but decides nothing: prompt stages say which prompts they are made of. */
function columnsOfPrompt({ promptstage_set: _, ...others }: PatchedPromptRequestDto): Partial<Prompt> {
  return columnsOf<Prompt>(others);
}
