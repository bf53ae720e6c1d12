import { Injectable } from '@nestjs/common';

import type { Execution } from '../../flow-execution/execution.js';
import { FlowPlanner } from '../../flow-execution/flow-planner.js';
import { isCorrectable } from '../../flow-execution/waiting-mail.js';

/** Lets a visitor go back from the email stage to correct what they typed. */
@Injectable()
export class AddressCorrection {
  constructor(private readonly planner: FlowPlanner) {}

  /** Replaces the run by one in which the visitor types again. @returns false if they cannot go back */
  async start(execution: Execution): Promise<boolean> {
    const { manager, flow, plan, visitor } = execution;
    if (!isCorrectable(flow, plan.context, visitor)) return false;
    const planned = await this.planner.plan(manager, flow, visitor.user);
    if (planned.kind !== 'plan') return false;
    execution.continueWith(planned.plan);
    return true;
  }
}
