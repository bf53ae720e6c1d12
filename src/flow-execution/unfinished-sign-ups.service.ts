import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { User } from '../core/users/user.entity.js';
import { Flow } from '../flows/flow.entity.js';
import { FlowPlanner } from './flow-planner.js';
import type { FlowPlan, PlannedStage } from './plan.js';

/** The rest of a sign-up. */
export interface UnfinishedSignUp {
  readonly flow: Flow;
  /** Starts with the email stage that confirms the address, which mails a new link. Holds no proof. */
  readonly plan: FlowPlan;
}

/** Plans the rest of sign-ups whose address was never confirmed. */
@Injectable()
export class UnfinishedSignUps {
  constructor(private readonly planner: FlowPlanner) {}

  /**
   * Returns the rest of a user's sign-up: in the flow that mailed them last, else in the first enrollment flow that
   * applies. Undefined unless the account waits for confirmation and a flow can confirm it.
   */
  async find(manager: EntityManager, user: User): Promise<UnfinishedSignUp | undefined> {
    if (!user.awaitsConfirmation) return undefined;
    for (const pk of await flowsFor(manager, user)) {
      const flow = await manager.findOneByOrFail(Flow, { pk });
      const planned = await this.planner.plan(manager, flow, undefined, { pending_user: { pk: user.pk } });
      if (planned.kind !== 'plan') continue;
      const bindings = await fromConfirmation(manager, planned.plan);
      if (bindings.length > 0) return { flow, plan: { ...planned.plan, bindings } };
    }
    return undefined;
  }

  /** As `find`, for the user that a link was mailed to. */
  async findByToken(manager: EntityManager, token: string): Promise<UnfinishedSignUp | undefined> {
    const [row] = await manager.query<{ user: number | null }[]>(
      'select user_id as "user" from "flow_token" where token_uuid = $1',
      [token],
    );
    const user = await manager.findOneBy(User, { pk: row?.user ?? 0 });
    return user === null ? undefined : this.find(manager, user);
  }
}

/** Returns the keys of the enrollment flows, best first. */
async function flowsFor(manager: EntityManager, { pk }: User): Promise<string[]> {
  const flows = await manager.query<{ pk: string }[]>(
    `select f.flow_uuid as pk
       from "flow" f
       left join (select flow_uuid, max(created) as mailed from "flow_token"
                   where user_id = $1 and purpose = 'confirm' group by flow_uuid) t using (flow_uuid)
      where f.designation = 'enrollment' order by t.mailed desc nulls last, f.slug`,
    [pk],
  );
  return flows.map((flow) => flow.pk);
}

/** Returns the stages from the first one on that confirms an address; none if there is no such stage. */
async function fromConfirmation(manager: EntityManager, { bindings }: FlowPlan): Promise<PlannedStage[]> {
  const stages = bindings.flatMap((planned) => ('stage' in planned ? [planned.stage] : []));
  const confirming = await manager.query<{ pk: string }[]>(
    `select stage_uuid as pk from "stage"
      where stage_uuid = any($1) and kind = 'email' and activate_user_on_success`,
    [stages],
  );
  const keys = new Set(confirming.map(({ pk }) => pk));
  const first = bindings.findIndex((planned) => 'stage' in planned && keys.has(planned.stage));
  return first === -1 ? [] : bindings.slice(first);
}
