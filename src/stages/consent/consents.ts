import { Injectable } from '@nestjs/common';

import type { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { secondsIn } from '../../rest/fields/duration.js';
import type { ConsentStage } from './consent-stage.entity.js';
import { Consent } from './consent.entity.js';

type Run = Execution<ConsentStage>;

/** Stores consents, for stages that do not ask every time. */
@Injectable()
export class Consents {
  /** Whether the visitor has a valid consent to all the requested permissions. */
  async isGranted(execution: Run, requested: readonly string[]): Promise<boolean> {
    const { manager, stage } = execution;
    const user = await userToRemember(execution);
    if (user === undefined) return false;
    const kept = manager
      .createQueryBuilder(Consent, 'consent')
      .where({ userId: user.pk, stageId: stage.pk, flowId: execution.flow.pk })
      .andWhere('consent.permissions @> :requested', { requested });
    if (stage.mode === 'expiring') {
      const seconds = secondsIn(stage.consentExpireIn);
      kept.andWhere(`consent.given > now() - :seconds * interval '1 second'`, { seconds });
    }
    return kept.getExists();
  }

  /** Stores the visitor's consent, unless the stage asks every time. */
  async grant(execution: Run, permissions: string[]): Promise<void> {
    const { manager, stage, flow } = execution;
    const user = await userToRemember(execution);
    if (user === undefined) return;
    await manager
      .createQueryBuilder()
      .insert()
      .into(Consent)
      .values({ userId: user.pk, stageId: stage.pk, flowId: flow.pk, permissions, given: () => 'now()' })
      .orUpdate(['permissions', 'given'], ['user_id', 'stage_uuid', 'flow_uuid'])
      .execute();
  }
}

/**
 * Returns the user whose consent is stored: one who is signed in, or was authenticated in this run. A visitor who only
 * named a user neither consents for that user nor skips the question.
 */
async function userToRemember(execution: Run): Promise<User | undefined> {
  if (execution.stage.mode === 'always_require') return undefined;
  const signedIn = execution.visitor.user;
  const pending = await execution.pendingUser();
  if (pending === undefined) return signedIn;
  if (pending.kind !== 'known') return undefined;
  const isProved = execution.plan.context.auth_method !== undefined || signedIn?.pk === pending.user.pk;
  return isProved ? pending.user : undefined;
}
