import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import type { Caller } from '../core/access/caller.js';
import { Authority } from '../core/authority/authority.service.js';
import { localeOf } from '../core/users/settings-of.js';
import type { User } from '../core/users/user.entity.js';
import { SecretBox } from '../database/secret-box.js';
import { EventLog } from '../events/event-log.js';
import { Flow } from '../flows/flow.entity.js';
import { Stage } from '../flows/stage.entity.js';
import { linkOf } from '../mail/delivery/mail-link.js';
import { Outbox } from '../mail/outbox/outbox.service.js';
import type { StoredMailData } from '../mail/outbox/stored-mail-data.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import { negotiateLanguage } from '../templating/language/locale.js';
import { FlowPlanner } from './flow-planner.js';
import { FlowTokens } from './flow-token.service.js';
import type { FlowPlan } from './plan.js';

/** Minutes that a link is valid which an administrator is shown. */
const shownFor = 30;

/** Asks who somebody is, which is known here. */
const identification = 'identification';

/** The flow by which a user comes to a new password, and what is left to do in it. */
export interface RecoveryTarget {
  readonly flow: Flow;
  readonly plan: FlowPlan;
}

/** A link that leads a user to a new password. */
export interface RecoveryLink {
  /** For `linkOf`: holds no secret. */
  readonly link: NonNullable<StoredMailData['link']>;
  readonly expires: Date;
}

/** Makes links by which users whom an administrator knows come to a new password (management API, section 9.4). */
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
    private readonly authority: Authority,
  ) {}

  /**
   * A link for the administrator to hand on: until it has been used or is too old, always the same one.
   *
   * @throws ValidationError if there is no recovery flow for this user
   * @throws AppError `forbidden` if the caller may not take over the account
   */
  async show(user: User, by: Caller, clientIp: string): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, by, user.pk);
      const { flow, plan } = await this.plan(manager, user);
      // Two requests at the same time would make two links.
      await manager.query('select from "user" where id = $1 for no key update', [user.pk]);
      const shown = await this.tokens.renewShown(manager, { user: user.pk, address: user.email, plan });
      const token =
        shown ??
        (await this.tokens.issue(manager, {
          purpose: 'recovery',
          user,
          address: user.email,
          stage: null,
          plan,
          minutes: shownFor,
        }));
      await this.events.write(manager, {
        action: 'secret_view',
        app: 'authentik.core',
        context: {
          message: 'A link was shown that leads to a new password.',
          affected_user: { pk: user.pk, username: user.username },
        },
        user: by.identity,
        clientIp,
      });
      return linkOf({ link: placeOf(flow, token.pk) }, publicUrl(this.settings), this.secrets) ?? '';
    });
  }

  /**
   * A link for a mail of a stage to the user's address, which ends those that were mailed before.
   *
   * @param target what `plan` gave for the user
   * @param minutes how long it is valid
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
    return { link: placeOf(flow, pk), expires };
  }

  /**
   * Mails a link to the user's address, from the service itself. It
   * ends those that were mailed before.
   *
   * @param locales languages of the reader; the user's own comes first
   * @throws ValidationError if there is no recovery flow for this user
   */
  async mail(manager: EntityManager, user: User, locales: readonly string[]): Promise<void> {
    const target = await this.plan(manager, user);
    const { link, expires } = await this.linkFor(manager, user, target, null, shownFor);
    const { username, name, email } = user;
    await this.outbox.enqueue(manager, {
      stage: null,
      fromAddress: this.settings.emailFrom,
      recipient: { name, address: email },
      template: 'email/password_reset.html',
      subject: 'Reset your password',
      locale: negotiateLanguage([...localeOf(user.attributes), ...locales]),
      data: { user: { username, name, email }, link, expires: expires.toISOString() },
      deadline: expires,
    });
  }

  /**
   * What the user has to do, planned as for anybody who opens the link; who they are is known.
   *
   * @throws ValidationError if there is no recovery flow for this user
   */
  async plan(manager: EntityManager, user: User): Promise<RecoveryTarget> {
    const flows = await manager.find(Flow, { where: { designation: 'recovery' }, order: { slug: 'ASC' } });
    if (flows.length === 0) throw refusal('No recovery flow set.');
    // An account that was switched off is not recovered.
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
    const left = new Set(asking.map(({ pk }) => pk));
    return { ...plan, bindings: plan.bindings.filter((planned) => !('stage' in planned) || !left.has(planned.stage)) };
  }
}

function placeOf({ slug }: Flow, key: string): RecoveryLink['link'] {
  return { path: `/if/flow/${slug}/`, query: '', parameter: 'flow_token', key };
}

function refusal(message: string): ValidationError {
  return new ValidationError({ [nonField]: [message] });
}
