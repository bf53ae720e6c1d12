import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import type { Caller } from '../core/access/caller.js';
import { Authority } from '../core/authority/authority.service.js';
import { localeOf } from '../core/users/settings-of.js';
import type { User } from '../core/users/user.entity.js';
import { linkUrl, type StoredLink } from '../database/link-secret.js';
import { SecretBox } from '../database/secret-box.js';
import { EventLog } from '../events/event-log.js';
import { Flow } from '../flows/flow.entity.js';
import { Stage } from '../flows/stage.entity.js';
import { MailSenders } from '../mail/delivery/mail-senders.js';
import { Outbox } from '../mail/outbox/outbox.service.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import { negotiateLanguage } from '../templating/language/locale.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowTokens } from './flow-token.service.js';
import type { FlowPlan } from './plan.js';

/** Validity in minutes of links that are shown to administrators or mailed by the service itself. */
const linkMinutes = 30;

/** The stage kind that recovery skips, because the user is known. */
const identification = 'identification';

/** The recovery flow of a user, and its plan. */
export interface RecoveryTarget {
  readonly flow: Flow;
  readonly plan: FlowPlan;
}

/** A recovery link. */
export interface RecoveryLink {
  /** Without its secret; see `linkUrl`. */
  readonly link: StoredLink;
  readonly expires: Date;
}

/** Creates recovery links for a given user. */
@Injectable()
export class Recovery {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly planner: FlowPlanner,
    private readonly tokens: FlowTokens,
    private readonly events: EventLog,
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly authority: Authority,
  ) {}

  /**
   * Returns a link for the administrator to hand over. It stays the same until it is used or expires.
   *
   * @throws ValidationError if no recovery flow applies to the user
   * @throws AppError `forbidden` if the caller may not take over the account
   */
  async show(user: User, by: Caller, clientIp: string): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, by, user.pk);
      const { flow, plan } = await this.plan(manager, user);
      plan.context.shown_link = 'recovery';
      // Concurrent requests would create two links.
      await manager.query('select from "user" where id = $1 for no key update', [user.pk]);
      const shown = await this.tokens.replaceShownPlan(manager, { user: user.pk, address: user.email, plan });
      const token =
        shown ??
        (await this.tokens.issue(manager, {
          purpose: 'recovery',
          user,
          address: user.email,
          stage: null,
          plan,
          minutes: linkMinutes,
        }));
      await this.events.write(manager, {
        action: 'secret_view',
        app: 'authentik.core',
        context: {
          message: 'A recovery link was shown.',
          affected_user: { pk: user.pk, username: user.username },
        },
        user: by.identity,
        clientIp,
      });
      return linkUrl(linkTo(flow, token.pk), publicUrl(this.settings), this.secrets);
    });
  }

  /**
   * Issues a link for a mail to the user's address, and invalidates the links that were mailed before.
   *
   * @param target the result of `plan` for the user
   * @param minutes validity of the link
   */
  async linkFor(
    manager: EntityManager,
    user: User,
    { flow, plan }: RecoveryTarget,
    stage: string | null,
    minutes: number,
  ): Promise<RecoveryLink> {
    if (this.settings.mailEndsOlderLinks) await this.tokens.supersedeMailed(manager, user.pk);
    const { pk, expires } = await this.tokens.issue(manager, {
      purpose: 'recovery',
      user,
      address: user.email,
      stage,
      plan,
      minutes,
    });
    return { link: linkTo(flow, pk), expires };
  }

  /**
   * Mails a link to the user's address, from the service itself, and invalidates the links that were mailed before.
   *
   * @param locales languages of the reader; the user's own takes precedence
   * @throws ValidationError if no recovery flow applies to the user
   */
  async mail(manager: EntityManager, user: User, locales: readonly string[]): Promise<void> {
    const target = await this.plan(manager, user);
    const { link, expires } = await this.linkFor(manager, user, target, null, linkMinutes);
    const { username, name, email } = user;
    await this.outbox.enqueue(manager, {
      stage: null,
      fromAddress: this.senders.global().from.address,
      recipient: { name, address: email },
      template: 'email/password_reset.html',
      subject: 'Reset your password',
      locale: negotiateLanguage([...localeOf(user.attributes), ...locales]),
      data: { user: { username, name, email }, link, expires: expires.toISOString() },
      deadline: expires,
    });
  }

  /**
   * Returns the user's recovery flow, planned for an anonymous visitor with the user as pending user.
   *
   * @throws ValidationError if no recovery flow applies to the user
   */
  async plan(manager: EntityManager, user: User): Promise<RecoveryTarget> {
    const flows = await manager.find(Flow, { where: { designation: 'recovery' }, order: { slug: 'ASC' } });
    if (flows.length === 0) throw refusal('No recovery flow set.');
    // Deactivated accounts cannot be recovered.
    for (const flow of user.isActive || user.awaitsConfirmation ? flows : []) {
      const planned = await this.planner.plan(manager, flow, undefined, { pending_user: { pk: user.pk } });
      if (planned.kind === 'notApplicable') continue;
      return { flow, plan: await this.withoutIdentification(manager, planned.plan) };
    }
    throw refusal('Recovery flow not applicable to user');
  }

  private async withoutIdentification(manager: EntityManager, plan: FlowPlan): Promise<FlowPlan> {
    const stages = plan.bindings.flatMap((planned) => ('stage' in planned ? [planned.stage] : []));
    const asking = await manager
      .createQueryBuilder(Stage, 'stage')
      .select('stage.pk', 'pk')
      .where('stage.pk = any(:stages) and stage.kind = :identification', { stages, identification })
      .getRawMany<{ pk: string }>();
    const identifying = new Set(asking.map(({ pk }) => pk));
    return {
      ...plan,
      bindings: plan.bindings.filter((planned) => !('stage' in planned) || !identifying.has(planned.stage)),
    };
  }
}

/** Returns the link of a recovery token. */
export function linkTo({ slug }: Flow, key: string): RecoveryLink['link'] {
  return { path: `/if/flow/${slug}/`, query: '', parameter: 'flow_token', key };
}

function refusal(message: string): ValidationError {
  return new ValidationError({ [nonField]: [message] });
}
