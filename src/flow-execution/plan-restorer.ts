import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Flow } from '../flows/flow.entity.js';
import type { Message } from '../rest/messages/messages.js';
import { spentTokenKey } from './confirm-stage.executor.js';
import type { Visitor } from './execution.js';
import { FlowTokens } from './flow-token.service.js';
import { LinkRefusals } from './link-refusals.service.js';
import type { FlowPlan } from './plan.js';

/** A request with the `flow_token` of a link. */
export interface OpenedLink {
  /** The transaction of the request. */
  readonly manager: EntityManager;
  readonly token: string;
  /** The flow in the address. */
  readonly flow: Flow;
  /** The session's plan of this flow. */
  readonly plan: FlowPlan | undefined;
  /** Reads a value that is stored in the session. */
  readonly remembered: (name: string) => unknown;
  /** Stores a value in the session. */
  readonly remember: (name: string, value: string) => void;
  readonly visitor: Visitor;
}

/** The result of opening a link. */
export type Restored =
  /** The session continues as without a token. */
  | { readonly kind: 'nothing' }
  /**
   * The request uses this plan. The session takes it over once its first stage is passed. The link was mailed to
   * `address`, if it was mailed. `isOfRun`: an email stage of the run has mailed it.
   */
  | {
      readonly kind: 'plan';
      readonly plan: FlowPlan;
      readonly address: string | undefined;
      readonly isOfRun: boolean;
    }
  /** The link is refused with a message; the run of the session is unchanged. */
  | { readonly kind: 'denied'; readonly message?: Message };

/**
 * Restores the plan of an opened link. The plan comes from the token alone and never from the visitor's session, so that
 * one user's link cannot act for another. The token is not spent: the plan starts with a button.
 */
@Injectable()
export class PlanRestorer {
  constructor(
    private readonly tokens: FlowTokens,
    private readonly refusals: LinkRefusals,
  ) {}

  async restore({ manager, token: secret, flow, plan, remembered, remember, visitor }: OpenedLink): Promise<Restored> {
    const { pk: token, state, plan: stored, address, purpose } = await this.tokens.find(manager, secret, flow.pk);
    // The URL of the page still has the token of the link that this session has followed.
    const isFollowed = token !== null && (plan?.context.is_restored === token || remembered(spentTokenKey) === token);
    if (state === 'spent' && plan !== undefined && isFollowed) return { kind: 'nothing' };
    if (state !== 'live') {
      return {
        kind: 'denied',
        message: await this.refusals.refuse({ manager, flow, visitor, token, state, remember }),
      };
    }
    if (token === null || stored?.flow !== flow.pk) return { kind: 'denied' };
    const restored = { ...stored, context: { ...stored.context, is_restored: token } };
    return { kind: 'plan', plan: restored, address: address ?? undefined, isOfRun: purpose === 'confirm' };
  }
}
