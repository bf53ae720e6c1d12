import type { EntityManager } from 'typeorm';

import type { Reference } from '../../rest/used-by.js';
import { Invitation } from './invitation.entity.js';

/** Returns the invitations that refer to a row in the column. They are deleted with the row. */
export function invitationReferences(manager: EntityManager, column: 'createdById' | 'flowId', pk: unknown): Reference {
  return {
    app: 'authentik_stages_invitation',
    model: 'invitation',
    action: 'cascade',
    keyIsSecret: true,
    rows: manager
      .createQueryBuilder(Invitation, 'invitation')
      .where(`invitation.${column} = :pk`, { pk })
      .select('invitation.pk', 'pk')
      .addSelect(`concat('Invitation ', invitation.name)`, 'name')
      .orderBy('invitation.name')
      .addOrderBy('invitation.pk'),
  };
}
