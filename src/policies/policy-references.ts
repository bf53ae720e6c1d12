import type { EntityManager } from 'typeorm';

import type { Reference } from '../rest/used-by.js';
import { PolicyBinding } from './policy-binding.entity.js';

const names = { group: `'Group ', grp.name`, policy: `'Policy ', policy.name`, user: `'User ', account.username` };

/** Returns the policy bindings of a group, policy or user; they are deleted with it. */
export function policyBindingReferences(manager: EntityManager, subject: keyof typeof names, pk: unknown): Reference {
  return {
    app: 'authentik_policies',
    model: 'policybinding',
    action: 'cascade',
    rows: manager
      .createQueryBuilder(PolicyBinding, 'pb')
      .leftJoin('pb.flow', 'flow')
      .leftJoin('pb.binding', 'fsb')
      .leftJoin('pb.group', 'grp')
      .leftJoin('pb.policy', 'policy')
      .leftJoin('pb.user', 'account')
      .where(`pb.${subject}Id = :pk`, { pk })
      .select('pb.pk', 'pk')
      .addSelect(
        `concat('Binding from PolicyBindingModel ', coalesce(flow.policybindingmodelPtrId, fsb.policybindingmodelPtrId, pb.ruleId),
                ' #', pb.order, ' to ', ${names[subject]})`,
        'name',
      )
      .orderBy('pb.order')
      .addOrderBy('pb.pk'),
  };
}
