import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { PasswordPolicyListQuery } from './dto/password-policy-list.query.js';
import type {
  PasswordPolicyDto,
  PasswordPolicyRequestDto,
  PatchedPasswordPolicyRequestDto,
} from './dto/password-policy.dto.js';
import { PasswordPolicy } from './password-policy.entity.js';
import { passwordPolicyAnswer, passwordPolicyColumns, type PasswordPolicyRow } from './password-policy.mapper.js';

/** Keeps the password policies. */
@Injectable()
export class PasswordPolicyService {
  constructor(private readonly dataSource: DataSource) {}

  async list(query: PasswordPolicyListQuery, visible: VisibleRows): Promise<Page<PasswordPolicyDto>> {
    const { pagination, results } = await readPage<PasswordPolicyRow>(this.policies(visible), query);
    return { pagination, results: results.map(passwordPolicyAnswer) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, manager = this.dataSource.manager): Promise<PasswordPolicyDto> {
    const policy = this.policies(visible, manager).andWhere('policy.pk = :pk', { pk });
    const row = await select(policy, passwordPolicyColumns).getRawOne<PasswordPolicyRow>();
    if (row === undefined) throw new AppError('notFound');
    return passwordPolicyAnswer(row);
  }

  create(request: PasswordPolicyRequestDto, pk: string = randomUUID()): Promise<PasswordPolicyDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.insert(manager, request, pk);
      return this.get(pk, everyRow, manager);
    });
  }

  /** Changes what the request names; the rest stays as it is, also for a PUT. */
  update(
    { pk }: PasswordPolicy,
    request: PasswordPolicyRequestDto | PatchedPasswordPolicyRequestDto,
  ): Promise<PasswordPolicyDto> {
    return this.dataSource.transaction(async (manager) => {
      await this.change(manager, pk, request);
      return this.get(pk, everyRow, manager);
    });
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: PasswordPolicyRequestDto, pk: string): Promise<void> {
    await manager.insert(PasswordPolicy, Object.assign(new PasswordPolicy(), columnsOfPolicy(request), { pk }));
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedPasswordPolicyRequestDto): Promise<void> {
    const columns = columnsOfPolicy(request);
    if (Object.keys(columns).length > 0) await manager.update(PasswordPolicy, { pk }, columns);
  }

  /** Removes the policy, also from what it is bound to. */
  async remove({ pk }: Pick<PasswordPolicy, 'pk'>, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(PasswordPolicy, { pk }));
  }

  private policies(visible: VisibleRows, manager = this.dataSource.manager): SelectQueryBuilder<PasswordPolicy> {
    return restrict(manager.createQueryBuilder(PasswordPolicy, 'policy'), visible);
  }
}

/** `check_have_i_been_pwned` can only be false, so it is not stored. */
function columnsOfPolicy({
  check_have_i_been_pwned: _,
  ...others
}: PatchedPasswordPolicyRequestDto): Partial<PasswordPolicy> {
  return columnsOf<PasswordPolicy>(others);
}
