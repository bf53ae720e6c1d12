import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { KnownUsers } from '../core/access/caller.js';
import { GroupService } from '../core/groups/group.service.js';
import { UserService } from '../core/users/user.service.js';
import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { conflictingWrites } from '../rest/errors/database-conflict.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import type { PolicyBindingListQuery } from './dto/policy-binding-list.query.js';
import type {
  PatchedPolicyBindingRequestDto,
  PolicyBindingDto,
  PolicyBindingRequestDto,
} from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { policyBindingAnswer, policyBindingColumns, type PolicyBindingRow } from './policy-binding.mapper.js';
import { findTargets } from './policy-target.js';
import { PolicyService } from './policy.service.js';

/** Reads and writes policy bindings. */
@Injectable()
export class PolicyBindingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly groups: GroupService,
    private readonly users: UserService,
    private readonly policies: PolicyService,
  ) {}

  async list(query: PolicyBindingListQuery, visible: VisibleRows, known: KnownUsers): Promise<Page<PolicyBindingDto>> {
    const { pagination, results } = await readPage<PolicyBindingRow>(this.bindings(visible, known), query);
    return { pagination, results: await this.answers(results, known) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, known: KnownUsers): Promise<PolicyBindingDto> {
    const binding = await this.find(pk, visible, known);
    if (binding === undefined) throw new AppError('notFound');
    return binding;
  }

  async create(request: PolicyBindingRequestDto, known: KnownUsers): Promise<PolicyBindingDto> {
    const pk = randomUUID();
    await this.dataSource.transaction((manager) => this.insert(manager, request, pk));
    const binding = await this.find(pk, everyRow, known);
    // A concurrent delete of its target or subject deleted the binding too.
    if (binding === undefined) throw conflictingWrites();
    return binding;
  }

  /** Changes the fields in the request and, also for a PUT, no others. */
  async update(
    { pk }: PolicyBinding,
    request: PolicyBindingRequestDto | PatchedPolicyBindingRequestDto,
    known: KnownUsers,
  ): Promise<PolicyBindingDto> {
    await this.dataSource.transaction((manager) => this.change(manager, pk, request));
    return this.get(pk, everyRow, known);
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: PolicyBindingRequestDto, pk: string): Promise<void> {
    await manager.insert(PolicyBinding, { ...(await columnsOfBinding(manager, request)), pk } as object);
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedPolicyBindingRequestDto): Promise<void> {
    const columns = await columnsOfBinding(manager, request);
    if (Object.keys(columns).length > 0) await manager.update(PolicyBinding, { pk }, columns as object);
  }

  async remove({ pk }: Pick<PolicyBinding, 'pk'>, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(PolicyBinding, { pk }));
  }

  private async find(pk: string, visible: VisibleRows, known: KnownUsers): Promise<PolicyBindingDto | undefined> {
    const binding = this.bindings(visible, known).andWhere('pb.pk = :pk', { pk });
    const row = await select(binding, policyBindingColumns).getRawOne<PolicyBindingRow>();
    const [answer] = row === undefined ? [] : await this.answers([row], known);
    return answer;
  }

  /** Joins the account only if its details may be shown, so that searches cannot reveal hidden users. */
  private bindings(visible: VisibleRows, known: KnownUsers): SelectQueryBuilder<PolicyBinding> {
    const bindings = this.dataSource.manager
      .createQueryBuilder(PolicyBinding, 'pb')
      .leftJoin('pb.flow', 'flow')
      .leftJoin('pb.binding', 'fsb')
      .leftJoin('pb.policy', 'policy')
      .leftJoin('pb.group', 'grp')
      .leftJoin('pb.user', 'account', known === null ? undefined : 'account.pk = any(:knownUsers)', {
        knownUsers: known,
      });
    return restrict(bindings, visible);
  }

  /** Returns the responses for bindings; policies, groups and users are read in batches. */
  private async answers(rows: readonly PolicyBindingRow[], known: KnownUsers): Promise<PolicyBindingDto[]> {
    const policies = await this.policies.getMany(rows.flatMap(({ policy }) => policy ?? []));
    const groups = await this.groups.getMany(
      rows.flatMap(({ group }) => group ?? []),
      known,
    );
    const keys = rows.flatMap(({ user }) => user ?? []);
    const users = await this.users.getMany(known === null ? keys : keys.filter((key) => known.includes(key)));
    return rows.map((row) =>
      policyBindingAnswer(row, policies.get(row.policy ?? ''), groups.get(row.group ?? ''), users.get(row.user ?? 0)),
    );
  }
}

async function columnsOfBinding(
  manager: EntityManager,
  { target, policy, group, user, ...others }: PatchedPolicyBindingRequestDto,
): Promise<Partial<PolicyBinding>> {
  const columns = columnsOf<PolicyBinding>(others);
  if (target !== undefined) {
    const found = (await findTargets(manager, [target])).get(target);
    if (found === undefined) throw conflictingWrites();
    Object.assign(columns, found);
  }
  // A subject in the request replaces the stored one.
  if (typeof policy === 'string') Object.assign(columns, { policyId: policy, groupId: null, userId: null });
  if (typeof group === 'string') Object.assign(columns, { policyId: null, groupId: group, userId: null });
  if (typeof user === 'number') Object.assign(columns, { policyId: null, groupId: null, userId: user });
  return columns;
}
