import type { EntityManager } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { StageStore } from '../../flows/stage-store.js';
import { PromptStagePolicy } from '../../policies/prompt-stage-policy.entity.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import type { PromptStageDto, PromptStageRequestDto } from './dto/prompt-stage.dto.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import type { PromptStage } from './prompt-stage.entity.js';
import { promptName } from './prompt.mapper.js';

/** Stores prompt stages and the links to their prompts and policies. */
export class PromptStageStore extends StageStore<PromptStage, PromptStageDto, PromptStageRequestDto> {
  /** Returns the prompts and policies of the stage, then the references that stages of every kind have. */
  override async references(pk: string, visible: VisibleRows, by: Caller): Promise<Reference[]> {
    const others = await super.references(pk, visible, by);
    const rows = this.dataSource.manager
      .createQueryBuilder(PromptStageField, 'field')
      .innerJoin('field.prompt', 'prompt')
      .where('field.stageId = :pk', { pk })
      .select('prompt.pk', 'pk')
      .addSelect(promptName, 'name')
      .orderBy('prompt.order')
      .addOrderBy('prompt.name');
    const policies = this.dataSource.manager
      .createQueryBuilder(PromptStagePolicy, 'validation')
      .innerJoin('validation.policy', 'policy')
      .where('validation.stageId = :pk', { pk })
      .select('policy.pk', 'pk')
      .addSelect('policy.name', 'name')
      .orderBy('policy.name');
    return [
      { app: 'authentik_stages_prompt', model: 'prompt', action: 'cascade_many', rows },
      { app: 'authentik_policies', model: 'policy', action: 'cascade_many', rows: policies },
      ...others,
    ];
  }

  protected override async afterWrite(
    manager: EntityManager,
    pk: string,
    { fields, validation_policies: policies }: Partial<PromptStageRequestDto>,
  ): Promise<void> {
    if (fields !== undefined) await replaceKeys(manager, 'prompt_stage_field', 'prompt_uuid', pk, fields);
    if (policies !== undefined) await replaceKeys(manager, 'prompt_stage_policy', 'policy_uuid', pk, policies);
  }
}

/** Replaces the links of a stage in one of its link tables. */
async function replaceKeys(
  manager: EntityManager,
  table: 'prompt_stage_field' | 'prompt_stage_policy',
  column: 'prompt_uuid' | 'policy_uuid',
  stage: string,
  keys: readonly string[],
): Promise<void> {
  await manager.query(`delete from "${table}" where stage_uuid = $1 and ${column} <> all($2)`, [stage, keys]);
  await manager.query(
    `insert into "${table}" (stage_uuid, ${column})
     select distinct $1::uuid, unnest($2::uuid[]) on conflict do nothing`,
    [stage, keys],
  );
}
