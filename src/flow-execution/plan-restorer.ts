import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Flow } from '../flows/flow.entity.js';
import type { Message } from '../rest/messages/messages.js';
import { spentHere } from './confirm-stage.executor.js';
import type { Visitor } from './execution.js';
import { FlowTokens } from './flow-token.service.js';
import { LinkRefusals } from './link-refusals.service.js';
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
  /** What the session remembers under this name. */
  readonly remembered: (name: string) => unknown;
  readonly visitor: Visitor;
}

/** What comes of it. */
export type Restored =
  /** The session goes on as if there were no token. */
  | { readonly kind: 'nothing' }
  /** This plan is what the request is about. The session goes on with it once its first stage is passed. */
  | { readonly kind: 'plan'; readonly plan: FlowPlan }
  /** The visitor is told why not; the session stays as it is. */
  | { readonly kind: 'denied'; readonly message?: Message };

/**
 * Finds out what the link of a mail stands for (flow execution, section 3.4). Everything comes from the token and
 * nothing from the visitor's session, so that one user's link never acts for another. Nothing is spent here: the plan
 * begins with a button.
 */
@Injectable()
export class PlanRestorer {
  constructor(
    private readonly tokens: FlowTokens,
    private readonly refusals: LinkRefusals,
  ) {}

  async restore({ manager, token: secret, flow, plan, remembered, visitor }: OpenedLink): Promise<Restored> {
    const { pk: token, state, plan: stored } = await this.tokens.find(manager, secret, flow.pk);
    // The page still names the link that this session has followed.
    const isFollowed = token !== null && (plan?.context.is_restored === token || remembered(spentHere) === token);
    if (state === 'spent' && plan !== undefined && isFollowed) return { kind: 'nothing' };
    if (state !== 'live') {
      return { kind: 'denied', message: await this.refusals.refuse({ manager, flow, visitor, token, state }) };
    }
    if (token === null || stored?.flow !== flow.pk) return { kind: 'denied' };
    return { kind: 'plan', plan: { ...stored, context: { ...stored.context, is_restored: token } } };
  }
}
