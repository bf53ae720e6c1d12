import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { isSuperuser } from '../core/groups/membership.js';
import { SessionCookies } from '../core/sessions/session-cookies.js';
import { FlowPlanner } from '../flow-execution/flow-planner.js';
import type { FlowDesignation } from '../flows/flow-choices.js';
import { MailboxAccess } from '../mail/mailbox/mailbox-access.js';
import { Mailbox } from '../mail/mailbox/mailbox.js';
import type { PageVisitor } from './page-visitors.js';
import type { Page, Way } from './page.js';
import type { Wording } from './wording.js';

/** A line of what the installation is able to do. */
interface StateLine {
  readonly name: string;
  readonly mark: string;
  readonly text: string;
  /** Something is still to be done. */
  readonly is_open: boolean;
}

type Entry = Way & { readonly text: string };

/** What strangers can begin, in this order. */
const beginnings = [
  { designation: 'authentication', label: 'signIn', text: 'signInText' },
  { designation: 'recovery', label: 'recover', text: 'recoverText' },
  { designation: 'enrollment', label: 'enroll', text: 'enrollText' },
] as const;

/** The page at `/`: where visitors begin, and where flows end that lead nowhere else. */
@Injectable()
export class LandingPage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly planner: FlowPlanner,
    private readonly mailbox: Mailbox,
    private readonly mailboxAccess: MailboxAccess,
    private readonly cookies: SessionCookies,
  ) {}

  /** Strangers are told what they can do, and nothing of how the installation is set up. */
  async of(request: FastifyRequest, visitor: PageVisitor, wording: Wording): Promise<Page> {
    const { user, visit, notes } = visitor;
    const isInsider = await this.isInsider(request, visitor);
    const flows = await this.flowsFor(visitor);
    return {
      template: 'landing.html',
      status: 200,
      title: wording.say(user === undefined ? 'landing' : 'signedIn'),
      values: {
        csrf: visit.sessionKey === undefined ? '' : this.cookies.csrfToken(visit.sessionKey),
        person: { name: user === undefined ? '' : user.name || user.username },
        // The page itself says who is signed in.
        messages: (notes.messages ?? [])
          .filter(({ message }) => !('code' in message && message.code === 'signedIn'))
          .map(({ level, message }) => ({ level, text: wording.of(message) })),
        ways: [...flows.flatMap((flow) => wayInto(flow, wording)), ...this.tools(isInsider, wording)],
        state: isInsider ? await this.state(wording) : [],
      },
    };
  }

  /** Superusers and holders of the mailbox's key. */
  private async isInsider(request: FastifyRequest, { user }: PageVisitor): Promise<boolean> {
    if (await this.mailboxAccess.holdsKey(request)) return true;
    return user !== undefined && isSuperuser(this.dataSource.manager, user.pk);
  }

  private flowsFor({ user }: PageVisitor): Promise<{ designation: FlowDesignation; slug: string | undefined }[]> {
    const wanted = user === undefined ? beginnings : [];
    return Promise.all(
      wanted.map(async ({ designation }) => {
        const flow = await this.planner.findDefault(this.dataSource.manager, designation, user);
        return { designation, slug: flow?.slug };
      }),
    );
  }

  private tools(isInsider: boolean, wording: Wording): Entry[] {
    const docs = { href: '/api/v3/docs/', label: wording.say('docs'), text: wording.say('docsText') };
    if (!isInsider || !this.mailbox.isInUse) return [docs];
    return [{ href: '/dev/mailbox/', label: wording.say('mailbox'), text: wording.say('mailboxText') }, docs];
  }

  private async state(wording: Wording): Promise<StateLine[]> {
    const isMailOpen = this.mailbox.isInUse;
    const mail: StateLine = {
      name: wording.say('mailState'),
      mark: wording.say(isMailOpen ? 'mailLocal' : 'mailSet'),
      text: wording.say(isMailOpen ? 'mailLocalText' : 'mailSetText'),
      is_open: isMailOpen,
    };
    const flow = async (designation: FlowDesignation, name: string): Promise<StateLine> => {
      // Asked for a stranger: a flow that is for nobody who has to begin is missing to them.
      const isThere = (await this.planner.findDefault(this.dataSource.manager, designation, undefined)) !== undefined;
      const [mark, text] = [
        wording.say(isThere ? 'ready' : 'missing'),
        wording.say(isThere ? 'flowReadyText' : 'flowMissingText'),
      ];
      return { name, mark, text, is_open: !isThere };
    };
    return [
      mail,
      await flow('recovery', wording.say('recoveryState')),
      await flow('enrollment', wording.say('enrollmentState')),
    ];
  }
}

function wayInto(
  { designation, slug }: { designation: FlowDesignation; slug: string | undefined },
  wording: Wording,
): Entry[] {
  const beginning = beginnings.find((each) => each.designation === designation);
  if (slug === undefined || beginning === undefined) return [];
  return [{ href: `/if/flow/${slug}/`, label: wording.say(beginning.label), text: wording.say(beginning.text) }];
}
