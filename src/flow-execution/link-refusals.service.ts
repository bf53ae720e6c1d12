import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import { RequestLimits } from '../core/limits/request-limits.service.js';
import { EventLog } from '../events/event-log.js';
import type { Flow } from '../flows/flow.entity.js';
import { type Message, message } from '../rest/messages/messages.js';
import type { Visitor } from './execution.js';
import type { FlowTokenState } from './flow-token-state.js';
import { UnfinishedSignUps } from './unfinished-sign-ups.service.js';

/** A link that cannot be used. */
export interface RefusedLink {
  readonly manager: EntityManager;
  /** The flow in the address. */
  readonly flow: Flow;
  readonly visitor: Visitor;
  /** Key of the token, if there is one. */
  readonly token: string | null;
  readonly state: FlowTokenState;
  /** Stores a value in the session. */
  readonly remember: (name: string, value: string) => void;
}

/** Session key of the token of a sign-up that can continue with a new link. */
export const renewableTokenKey = 'link:renewable';

/** Name in the query that requests the new link. */
export const newLinkParameter = 'new_link';

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
    private readonly signUps: UnfinishedSignUps,
  ) {}

  /** Returns the message for the visitor. */
  async refuse(link: RefusedLink): Promise<Message> {
    const { token, state } = link;
    if (state === 'other flow' || state === 'live') await this.report(link, String(token));
    if (state === 'other flow') return message('linkOfOtherFlow');
    return message(codes[state], { site: publicUrl(this.settings), path: await this.pathForNewLink(link) });
  }

  /**
   * Returns the path of the page that sends a new link. A sign-up that was not confirmed continues there with another
   * confirmation; the session remembers which one. For a confirmed account it is the recovery flow.
   */
  private async pathForNewLink({ manager, flow, token, remember }: RefusedLink): Promise<string> {
    const { slug, designation } = flow;
    if (designation !== 'enrollment' || token === null) return `/if/flow/${slug}/`;
    const signUp = await this.signUps.findByToken(manager, token);
    if (signUp?.flow.pk === flow.pk) {
      remember(renewableTokenKey, token);
      return `/if/flow/${slug}/?${newLinkParameter}=1`;
    }
    const [recovery] = await manager.query<{ slug: string }[]>(
      `select f.slug from "flow_token" t join "user" u on u.id = t.user_id and u.is_active, "flow" f
        where t.token_uuid = $1 and f.designation = 'recovery' order by f.slug limit 1`,
      [token],
    );
    return `/if/flow/${recovery?.slug ?? slug}/`;
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
