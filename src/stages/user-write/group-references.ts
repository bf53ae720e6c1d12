import { Injectable } from '@nestjs/common';

import { Group } from '../../core/groups/group.entity.js';
import { stagesReferencing } from '../../flows/stage-references.js';
import { Referrers } from '../../rest/referrers.js';

/** Adds the stages that put new users into a group to the references of that group. */
@Injectable()
export class GroupReferences {
  constructor(referrers: Referrers) {
    referrers.register('authentik_core.group', (manager, pk) => stagesReferencing(manager, Group, String(pk)));
  }
}
