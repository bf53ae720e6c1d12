import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import { RequestLimits } from '../core/limits/request-limits.service.js';
import { EventLog } from '../events/event-log.js';
import type { Flow } from '../flows/flow.entity.js';
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

/** Tells people whose links cannot be used what is the matter and what to do, and administrators what is suspicious. */
@Injectable()
export class LinkRefusals {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly limits: RequestLimits,
    private readonly events: EventLog,
  ) {}

  /** @returns what the visitor reads */
  async refuse(link: RefusedLink): Promise<string> {
    const { manager, flow, token, state } = link;
    const again = await this.pageForAnother(manager, flow);
    if (state === 'other flow' || state === 'live') await this.report(link, String(token));
    return textOf(state, again);
  }

  /**
   * Where a new link can be had. Who has signed up cannot do it again under the same name, and gets a new link from the
   * flow that recovers accounts.
   */
  private async pageForAnother(manager: EntityManager, { slug, designation }: Flow): Promise<string> {
    const [recovery] = await manager.query<{ slug: string }[]>(
      `select slug from "flow" where designation = 'recovery' order by slug limit 1`,
    );
    const page = designation === 'enrollment' ? (recovery?.slug ?? slug) : slug;
    return `${publicUrl(this.settings)}/if/flow/${page}/`;
  }

  private async report({ manager, flow, visitor, state }: RefusedLink, token: string): Promise<void> {
    // Once an hour: whoever holds a link can open it as often as they like.
    if ((await this.limits.count(`refused:${token}`, { times: 1, seconds: 3600 })) > 0) return;
    const message =
      state === 'other flow'
        ? 'A link was opened in a flow that it was not made for.'
        : 'A link was used out of place.';
    await this.events.write(manager, {
      action: 'suspicious_request',
      app: 'authentik.flows',
      context: { message, flow: { pk: flow.pk, slug: flow.slug } },
      clientIp: visitor.clientIp,
    });
  }
}

function textOf(state: FlowTokenState, again: string): string {
  const another = `You can have a new one sent: ${again}`;
  switch (state) {
    case 'unknown':
      return `This link is not known here. It may be incomplete: open it just as it stands in the mail. ${another}`;
    case 'spent':
      return `This link has been used already. ${another}`;
    case 'superseded':
      return `A newer mail has been sent since. Open the link in that one. ${another}`;
    case 'expired':
      return `This link is too old. ${another}`;
    case 'account changed':
      return `The account has been changed since this link was made, so it is not valid any more. ${another}`;
    case 'other flow':
      return 'This link was made for another page. Open it just as it stands in the mail.';
    case 'live':
      return `This link cannot be used here. ${another}`;
  }
}
