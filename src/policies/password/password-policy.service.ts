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

/** Reads and writes password policies. */
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

  /** Changes the fields in the request and, also for a PUT, no others. */
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

  /** Deletes the policy and its bindings. */
  async remove({ pk }: Pick<PasswordPolicy, 'pk'>, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(PasswordPolicy, { pk }));
  }

  private policies(visible: VisibleRows, manager = this.dataSource.manager): SelectQueryBuilder<PasswordPolicy> {
    return restrict(manager.createQueryBuilder(PasswordPolicy, 'policy'), visible);
  }
}

/** Drops `check_have_i_been_pwned`, which is always false and has no column. */
function columnsOfPolicy({
  check_have_i_been_pwned: _,
  ...others
}: PatchedPasswordPolicyRequestDto): Partial<PasswordPolicy> {
  return columnsOf<PasswordPolicy>(others);
}
