import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import type { NotifiedUser, Severity } from '../webhooks/notification-body.js';
import type { NotificationMode } from '../webhooks/notification-transport.entity.js';
import { type FiringEvent, notificationOf } from './event-summary.js';
import { NotificationStore } from './notification-store.js';

/** Milliseconds between two looks for events. */
const pollMs = 500;

/** Seconds until an event is tried again whose rules could not be evaluated. */
const pauseSeconds = 60;

/** Returns the rules that fire for an event, of those with these keys. */
type RulePolicies = (
  manager: EntityManager,
  rules: readonly string[],
  event: FiringEvent,
) => Promise<ReadonlySet<string>>;

interface Rule {
  readonly pk: string;
  readonly severity: Severity;
  readonly group: string;
  readonly transports: readonly { readonly pk: string; readonly mode: NotificationMode; readonly sendOnce: boolean }[];
}

/** A rule without transports notifies in the API. */
const inApi = [{ pk: '', mode: 'local', sendOnce: false }] as const;

/**
 * Fires notification rules in worker processes: a trigger queues events, and a worker takes one, evaluates the rules and
 * writes their notifications in one transaction. An event is thus handled exactly once; a worker that dies leaves it to
 * others.
 */
@Injectable()
export class EventNotifier implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Notifications');
  private readonly stopping = new AbortController();
  private work: Promise<void> | undefined;
  private policies: RulePolicies | undefined;
  private isAway = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly store: NotificationStore,
  ) {}

  /** Registers what evaluates the policies of rules: they are on a higher floor. */
  register(policies: RulePolicies): void {
    this.policies = policies;
  }

  onApplicationBootstrap(): void {
    if (this.settings.role !== 'api') this.work = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(): Promise<void> {
    while (!this.isStopping()) {
      try {
        while (!this.isStopping() && (await this.notifyOfOne()));
        this.isAway = false;
      } catch (error) {
        // Once for each time that the database is away.
        if (!this.isStopping() && !this.isAway) this.logger.warn(`cannot look for events: ${String(error)}`);
        this.isAway = true;
      }
      await sleep(pollMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Takes an event from the queue and fires its rules. @returns false if there is none */
  private async notifyOfOne(): Promise<boolean> {
    const event: { taken?: FiringEvent | undefined } = {};
    try {
      await this.dataSource.transaction(async (manager) => {
        event.taken = await take(manager);
        if (event.taken !== undefined) await this.fire(manager, event.taken);
      });
    } catch (error) {
      if (event.taken === undefined) throw error;
      const { pk } = event.taken;
      this.logger.warn(`cannot notify of the event ${pk}: ${String(error)}`);
      await this.dataSource.query(
        `update "event_for_rules" set not_before = now() + $2 * interval '1 second' where event_uuid = $1`,
        [pk, pauseSeconds],
      );
    }
    return event.taken !== undefined;
  }

  private async fire(manager: EntityManager, event: FiringEvent): Promise<void> {
    if (this.policies === undefined) throw new Error('no policies are registered');
    const rules = await manager.query<Rule[]>(
      `select rule_uuid as pk, severity, group_uuid as group,
              (select coalesce(jsonb_agg(jsonb_build_object('pk', t.transport_uuid, 'mode', t.mode, 'sendOnce', t.send_once)
                                         order by t.name), '[]')
                 from "notification_rule_transport" link join "notification_transport" t using (transport_uuid)
                where link.rule_uuid = rule.rule_uuid) as transports
         from "notification_rule" rule where group_uuid is not null order by name`,
    );
    if (rules.length === 0) return;
    // The events that policies write fire no rules: a rule that matches them would have no end.
    await manager.query(`select set_config('notifications.firing', 'on', true)`);
    const firing = await this.policies(
      manager,
      rules.map(({ pk }) => pk),
      event,
    );
    for (const rule of rules.filter(({ pk }) => firing.has(pk))) await this.notify(manager, rule, event);
  }

  private async notify(
    manager: EntityManager,
    { severity, group, transports }: Rule,
    event: FiringEvent,
  ): Promise<void> {
    const users = await manager.query<NotifiedUser[]>(
      `select id as pk, username, email from "group_user" join "user" u on u.id = user_id
        where group_uuid = $1 and is_active order by id`,
      [group],
    );
    const notification = { ...notificationOf(event), severity, eventKey: event.pk };
    for (const transport of transports.length > 0 ? transports : inApi) {
      await this.store.add(manager, transport, notification, transport.sendOnce ? users.slice(0, 1) : users);
    }
  }
}

/** Removes the next event from the queue, in the caller's transaction. An empty queue does not touch the table of events. */
async function take(manager: EntityManager): Promise<FiringEvent | undefined> {
  const [[next]] = await manager.query<[{ pk: string }[], number]>(
    `delete from "event_for_rules" where event_uuid = (
       select event_uuid from "event_for_rules" where not_before <= now()
        order by not_before limit 1 for update skip locked
     ) returning event_uuid as pk`,
  );
  if (next === undefined) return undefined;
  const [event] = await manager.query<FiringEvent[]>(
    `select event_uuid as pk, action, app, client_ip as "clientIp", context, "user" from "event" where event_uuid = $1`,
    [next.pk],
  );
  return event;
}
