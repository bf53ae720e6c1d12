import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import { RequestLimits } from '../core/limits/request-limits.service.js';
import { EventLog } from '../events/event-log.js';
import type { Flow } from '../flows/flow.entity.js';
import { type Message, message } from '../rest/messages/messages.js';
import type { Visitor } from './execution.js';
import type { FlowTokenState } from './flow-token.service.js';

/** A link that cannot be used. */
export interface RefusedLink {
  readonly manager: EntityManager;
  /** The flow in the address. */
  readonly flow: Flow;
  readonly visitor: Visitor;
  /** Key of the token, if there is one. */
  readonly token: string | null;
  readonly state: FlowTokenState;
}

/** Messages for links that cannot be used. */
const codes = {
  unknown: 'linkUnknown',
  spent: 'linkUsed',
  superseded: 'linkReplaced',
  expired: 'linkExpired',
  'account changed': 'linkOfChangedAccount',
  live: 'linkOutOfPlace',
} as const;

/** Refuses links with a message that says why and where to request a new one, and reports suspicious ones as events. */
@Injectable()
export class LinkRefusals {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
    private readonly events: EventLog,
  ) {}

  /** Returns the message for the visitor. */
  async refuse(link: RefusedLink): Promise<Message> {
    const { manager, flow, token, state } = link;
    const slug = await this.flowForNewLink(manager, flow);
    if (state === 'other flow' || state === 'live') await this.report(link, String(token));
    if (state === 'other flow') return message('linkOfOtherFlow');
    return message(codes[state], { site: publicUrl(this.settings), slug });
  }

  /**
   * Slug of the flow that sends a new link: after a sign-up the recovery flow, because the user name is taken now.
   */
  private async flowForNewLink(manager: EntityManager, { slug, designation }: Flow): Promise<string> {
    const [recovery] = await manager.query<{ slug: string }[]>(
      `select slug from "flow" where designation = 'recovery' order by slug limit 1`,
    );
    return designation === 'enrollment' ? (recovery?.slug ?? slug) : slug;
  }

  private async report({ manager, flow, visitor, state }: RefusedLink, token: string): Promise<void> {
    // At most one event per hour and link, because visitors can open it any number of times.
    if ((await this.limits.count(`refused:${token}`, { times: 1, seconds: 3600 })) > 0) return;
    const message =
      state === 'other flow'
        ? 'A link was opened in a flow other than the one it was issued for.'
        : 'A valid link was used in another run or by another user.';
    await this.events.write(manager, {
      action: 'suspicious_request',
      app: 'authentik.flows',
      context: { message, flow: { pk: flow.pk, slug: flow.slug } },
      clientIp: visitor.clientIp,
    });
  }
}
