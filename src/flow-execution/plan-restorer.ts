import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Flow } from '../flows/flow.entity.js';
import type { Visitor } from './execution.js';
import type { FlowPlan } from './plan.js';

/** A request that brings the `flow_token` of a link along. */
export interface OpenedLink {
  /** Of the transaction that the whole request is. */
  readonly manager: EntityManager;
  readonly token: string;
  /** The flow in the address. */
  readonly flow: Flow;
  /** What the session is at, in this flow. */
  readonly plan: FlowPlan | undefined;
  readonly visitor: Visitor;
}

/** What comes of it. */
export type Restored =
  /** The session goes on as if there were no token. */
  | { readonly kind: 'nothing' }
  /** The session goes on with this plan. */
  | { readonly kind: 'plan'; readonly plan: FlowPlan }
  /** The visitor is told why not; the session stays as it is. */
  | { readonly kind: 'denied'; readonly message: string };

/** Finds out what the link of a mail stands for (flow execution, section 3.4). */
@Injectable()
export class PlanRestorer {
  restore(_link: OpenedLink): Promise<Restored> {
    return Promise.resolve({ kind: 'nothing' });
  }
}
