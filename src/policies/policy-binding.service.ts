import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { KnownUsers } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import { GroupService } from '../core/groups/group.service.js';
import { UserService } from '../core/users/user.service.js';
import { conflictingWrites } from '../rest/errors/database-conflict.js';
import type { PolicyBindingDto, PolicyBindingRequestDto } from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { policyBindingResponse, policyBindingColumns, type PolicyBindingRow } from './policy-binding.mapper.js';
import { findTargets } from './policy-target.js';
import { PolicyService } from './policy.service.js';

/** Reads and writes policy bindings. */
@Injectable()
export class PolicyBindingService extends ResourceStore<
  PolicyBinding,
  PolicyBindingRow,
  PolicyBindingDto,
  PolicyBindingRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly groups: GroupService,
    private readonly users: UserService,
    private readonly policies: PolicyService,
  ) {
    super(dataSource, { entity: PolicyBinding, alias: 'pb', columns: policyBindingColumns });
  }

  /** Joins the account only if its details may be shown, so that searches cannot reveal hidden users. */
  protected override rows(manager: EntityManager, known: KnownUsers): SelectQueryBuilder<PolicyBinding> {
    return super
      .rows(manager, known)
      .leftJoin('pb.flow', 'flow')
      .leftJoin('pb.binding', 'fsb')
      .leftJoin('pb.policy', 'policy')
      .leftJoin('pb.group', 'grp')
      .leftJoin('pb.user', 'account', known === null ? undefined : 'account.pk = any(:knownUsers)', {
        knownUsers: known,
      });
  }

  /** Reads policies, groups and users in batches. */
  protected async responses({ rows, known }: ReadRows<PolicyBindingRow, never>): Promise<PolicyBindingDto[]> {
    const policies = await this.policies.getMany(rows.flatMap(({ policy }) => policy ?? []));
    const groups = await this.groups.getMany(
      rows.flatMap(({ group }) => group ?? []),
      known,
    );
    const keys = rows.flatMap(({ user }) => user ?? []);
    const users = await this.users.getMany(known === null ? keys : keys.filter((key) => known.includes(key)));
    return rows.map((row) =>
      policyBindingResponse(row, policies.get(row.policy ?? ''), groups.get(row.group ?? ''), users.get(row.user ?? 0)),
    );
  }

  /** Finds the target, and lets a subject in the request replace the stored one. */
  protected override async valuesOf(
    manager: EntityManager,
    request: Partial<PolicyBindingRequestDto>,
  ): Promise<Partial<PolicyBinding>> {
    const { target, policy, group, user, ...others } = request;
    const values = this.columnsOf(others);
    if (target !== undefined) {
      const found = (await findTargets(manager, [target])).get(target);
      if (found === undefined) throw conflictingWrites();
      Object.assign(values, found);
    }
    if (typeof policy === 'string') Object.assign(values, { policyId: policy, groupId: null, userId: null });
    if (typeof group === 'string') Object.assign(values, { policyId: null, groupId: group, userId: null });
    if (typeof user === 'number') Object.assign(values, { policyId: null, groupId: null, userId: user });
    return values;
  }
}
