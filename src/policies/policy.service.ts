import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { passwordStrength } from '../core/passwords/password-strength.js';
import { User } from '../core/users/user.entity.js';
import { DatabaseClock } from '../database/database-clock.js';
import type { TypeCreateDto } from '../flows/dto/stage.dto.js';
import type { LogEventDto } from '../flows/transfer/dto/flow-import.dto.js';
import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { StatusError } from '../rest/errors/status-error.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import { englishOf } from '../rest/messages/english.js';
import type { Reference } from '../rest/used-by.js';
import type { PolicyTestRequestDto, PolicyTestResultDto } from './dto/policy-test.dto.js';
import type { PolicyDto, PolicyListQuery } from './dto/policy.dto.js';
import { findPolicies, resultOf } from './policy-evaluation.js';
import { policyKinds } from './policy-kinds.js';
import { policyBindingReferences } from './policy-references.js';
import { Policy } from './policy.entity.js';
import { policyResponse, policyListColumns, type PolicyListRow } from './policy.mapper.js';
import { PromptStagePolicy } from './prompt-stage-policy.entity.js';

/** Reads and deletes policies of all kinds through their common fields, and tests them. */
@Injectable()
export class PolicyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
  ) {}

  async list(query: PolicyListQuery, visible: VisibleRows): Promise<Page<PolicyDto>> {
    const { pagination, results } = await readPage<PolicyListRow>(this.policies(visible), query);
    return { pagination, results: results.map(responseOf) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<PolicyDto> {
    const policy = this.policies(visible).andWhere('policy.pk = :pk', { pk });
    const row = await select(policy, policyListColumns).getRawOne<PolicyListRow>();
    if (row === undefined) throw new AppError('notFound');
    return responseOf(row);
  }

  /** Returns the policies with these keys, by key; unknown keys are absent. */
  async getMany(pks: readonly string[]): Promise<ReadonlyMap<string, PolicyDto>> {
    if (pks.length === 0) return new Map();
    const policies = this.policies(everyRow).andWhere('policy.pk = any(:pks)', { pks });
    const rows = await select(policies, policyListColumns).getRawMany<PolicyListRow>();
    return new Map(rows.map((row) => [row.pk, responseOf(row)]));
  }

  /** Deletes a policy of any kind and its bindings. */
  async remove({ pk }: Policy): Promise<void> {
    await this.dataSource.transaction((manager) => manager.delete(Policy, { pk }));
  }

  /** Returns the kinds of policies that can be created. */
  types(): TypeCreateDto[] {
    return Object.values(policyKinds).map(({ verboseName: name, description, component, model }) => {
      const model_name = model.slice(model.indexOf('.') + 1);
      return { name, description, component, model_name, icon_url: null, requires_enterprise: false };
    });
  }

  /**
   * Evaluates a policy for a user without writing an event.
   *
   * @throws StatusError 400 if the caller may not view the user
   */
  async test(
    { pk }: Policy,
    { user: userPk, context = {} }: PolicyTestRequestDto,
    by: Caller,
  ): Promise<PolicyTestResultDto> {
    if (!by.mayOn('authentik_core.view_user', String(userPk))) throw new StatusError(400);
    const { manager } = this.dataSource;
    const user = await manager.findOneBy(User, { pk: userPk });
    const policy = (await findPolicies(manager, [pk])).get(pk);
    if (user === null) throw new StatusError(400);
    if (policy === undefined) throw new AppError('notFound');
    const { prompt_data: promptData } = { prompt_data: undefined, ...context };
    const answers = { ...context, ...(typeof promptData === 'object' ? promptData : {}) } as Record<string, unknown>;
    const personal = [user.username, user.name, user.email];
    const result = await resultOf(policy, { answers, personal, strength: passwordStrength });
    const { passing, messages, reasons = [] } = result;
    return { passing, messages: messages.map(englishOf), log_messages: reasons.map((reason) => this.logged(reason)) };
  }

  /**
   * Returns the references to a policy: its bindings, and the prompt stages that use it.
   *
   * @throws AppError `notFound`
   */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    const { manager } = this.dataSource;
    const stages = manager
      .createQueryBuilder(PromptStagePolicy, 'link')
      .innerJoin('link.stage', 'stage')
      .where('link.policyId = :pk', { pk })
      .select('stage.pk', 'pk')
      .addSelect(`concat('Stage ', stage.name)`, 'name')
      .orderBy('stage.name');
    return [
      policyBindingReferences(manager, 'policy', pk),
      { app: 'authentik_stages_prompt', model: 'promptstage', action: 'cascade_many', rows: stages },
    ];
  }

  private logged(event: string): LogEventDto {
    const timestamp = this.clock.date();
    return { timestamp, log_level: 'info', logger: 'authentik.policies.process', event, attributes: {} };
  }

  private policies(visible: VisibleRows): SelectQueryBuilder<Policy> {
    return restrict(this.dataSource.manager.createQueryBuilder(Policy, 'policy'), visible);
  }
}

function responseOf(row: PolicyListRow): PolicyDto {
  return policyResponse(row, policyKinds[row.kind]);
}
