import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { readStanding } from '../core/authority/read-standings.js';
import { SessionCookies } from '../core/sessions/session-cookies.js';
import type { User } from '../core/users/user.entity.js';
import { FlowPlanner } from '../flow-execution/flow-planner.js';
import type { FlowDesignation } from '../flows/flow-choices.js';
import { Flow } from '../flows/flow.entity.js';
import { MailboxAccess } from '../mail/mailbox/mailbox-access.js';
import { GlobalTransport } from '../mail/transport/global-transport.js';
import type { PageVisitor } from './page-visitors.js';
import type { Page, PageLink } from './page.js';
import type { Wording } from './wording.js';

/** One line of the system status. */
interface StatusLine {
  readonly name: string;
  readonly mark: string;
  readonly text: string;
  /** Something is not configured yet. */
  readonly is_open: boolean;
}

/** @property icon one of `parts/icon.html` */
type Entry = PageLink & { readonly text: string; readonly icon: string };

/** Flows that visitors can start, in this order. */
const entryFlows = [
  { designation: 'authentication', label: 'signIn', text: 'signInText', icon: 'person' },
  { designation: 'enrollment', label: 'enroll', text: 'enrollText', icon: 'join' },
  { designation: 'recovery', label: 'recover', text: 'recoverText', icon: 'key' },
] as const;

/** Shipped flow in which signed-in users change their address. */
const addressChange = 'default-email-change-flow';

/** The page at `/`: the entry to the flows, and the default target of finished flows. */
@Injectable()
export class LandingPage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly planner: FlowPlanner,
    private readonly globalTransport: GlobalTransport,
    private readonly mailboxAccess: MailboxAccess,
    private readonly cookies: SessionCookies,
  ) {}

  /** Returns the page. Visitors get the links to flows; the system status is for administrators. */
  async of(request: FastifyRequest, visitor: PageVisitor, wording: Wording): Promise<Page> {
    const { user, visit, notes } = visitor;
    const rights = await this.rightsOf(user);
    const canSeeStatus = rights === 'superuser' || (await this.mailboxAccess.hasKeyCookie(request));
    return {
      template: 'landing.html',
      status: 200,
      title: wording.text(user === undefined ? 'landing' : 'signedIn'),
      values: {
        csrf: visit.sessionKey === undefined ? '' : this.cookies.csrfToken(visit.sessionKey),
        person: { name: user === undefined ? '' : user.name || user.username },
        // The page itself shows the signed-in user.
        messages: (notes.messages ?? [])
          .filter(({ message }) => !('code' in message && message.code === 'signedIn'))
          .map(({ level, message }) => ({ level, text: wording.message(message) })),
        // The visitor comes from the end of a flow.
        confirmed: (notes.messages ?? []).some(({ level }) => level === 'success'),
        links: user === undefined ? await this.entries(wording) : await this.settings(user, wording),
        tools: this.tools(canSeeStatus, rights !== 'none', wording),
        state: canSeeStatus ? await this.state(wording) : [],
      },
    };
  }

  /** Returns what a visitor may do: everything, something (permissions of their own or of groups), or nothing. */
  private async rightsOf(user: User | undefined): Promise<'superuser' | 'some' | 'none'> {
    const standing = user && (await readStanding(this.dataSource.manager, { user: user.pk }));
    if (standing === undefined) return 'none';
    if (standing.superuserBy.length > 0) return 'superuser';
    return standing.permissions.size > 0 ? 'some' : 'none';
  }

  private async entries(wording: Wording): Promise<Entry[]> {
    const found = entryFlows.map(async ({ designation, label, text, icon }): Promise<Entry[]> => {
      const flow = await this.planner.findDefault(this.dataSource.manager, designation, undefined);
      return flow === undefined ? [] : [entry(flow.slug, wording.text(label), wording.text(text), icon)];
    });
    return (await Promise.all(found)).flat();
  }

  /** Returns the links of a signed-in user. */
  private async settings(user: User, wording: Wording): Promise<Entry[]> {
    const { manager } = this.dataSource;
    const flow = await manager.findOneBy(Flow, { slug: addressChange });
    if (flow === null || !(await this.planner.isApplicable(manager, flow, user))) return [];
    return [entry(flow.slug, wording.text('changeAddress'), wording.text('changeAddressText'), 'mail')];
  }

  private tools(canSeeStatus: boolean, mayUseConsole: boolean, wording: Wording): Entry[] {
    const console = { href: '/console/', label: wording.text('console'), text: wording.text('consoleText') };
    const mailbox = { href: '/dev/mailbox/', label: wording.text('mailbox'), text: wording.text('mailboxText') };
    const docs = { href: '/api/v3/docs/', label: wording.text('docs'), text: wording.text('docsText'), icon: 'code' };
    return [
      ...(mayUseConsole ? [{ ...console, icon: 'pulse' }] : []),
      ...(canSeeStatus && this.globalTransport.isMailbox ? [{ ...mailbox, icon: 'mail' }] : []),
      docs,
    ];
  }

  private async state(wording: Wording): Promise<StatusLine[]> {
    const isMailOpen = this.globalTransport.isMailbox;
    const mail: StatusLine = {
      name: wording.text('mailState'),
      mark: wording.text(isMailOpen ? 'mailLocal' : 'mailSet'),
      text: wording.text(isMailOpen ? 'mailLocalText' : 'mailSetText'),
      is_open: isMailOpen,
    };
    const flow = async (designation: FlowDesignation, name: string): Promise<StatusLine> => {
      // Looked up for a signed-out visitor, who needs the flow to be available.
      const isThere = (await this.planner.findDefault(this.dataSource.manager, designation, undefined)) !== undefined;
      const [mark, text] = [
        wording.text(isThere ? 'ready' : 'missing'),
        wording.text(isThere ? 'flowReadyText' : 'flowMissingText'),
      ];
      return { name, mark, text, is_open: !isThere };
    };
    return [
      mail,
      await flow('recovery', wording.text('recoveryState')),
      await flow('enrollment', wording.text('enrollmentState')),
    ];
  }
}

function entry(slug: string, label: string, text: string, icon: string): Entry {
  return { href: `/if/flow/${slug}/`, label, text, icon };
}
