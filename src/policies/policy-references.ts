import type { EntityManager } from 'typeorm';

import type { Reference } from '../rest/used-by.js';
import { PolicyBinding } from './policy-binding.entity.js';

/** The policy bindings that are about a group, or about a user; they go with it. */
export function policyBindingsAbout(manager: EntityManager, subject: 'group' | 'user', pk: unknown): Reference {
  const name = subject === 'group' ? `'Group ', grp.name` : `'User ', account.username`;
  return {
    app: 'authentik_policies',
    model: 'policybinding',
    action: 'cascade',
    rows: manager
      .createQueryBuilder(PolicyBinding, 'pb')
      .leftJoin('pb.flow', 'flow')
      .leftJoin('pb.binding', 'place')
      .leftJoin('pb.group', 'grp')
      .leftJoin('pb.user', 'account')
      .where(`pb.${subject}Id = :pk`, { pk })
      .select('pb.pk', 'pk')
      .addSelect(
        `concat('Binding from PolicyBindingModel ', coalesce(flow.policybindingmodelPtrId , place.policybindingmodelPtrId ),
                ' #', pb.order, ' to ', ${name})`,
        'name',
      )
      .orderBy('pb.order')
      .addOrderBy('pb.pk'),
  };
}
