import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { EventLog, notificationsApp } from '../events/event-log.js';
import { truncated } from '../syntax/truncated.js';
import type { NotifiedUser, Severity } from '../webhooks/notification-body.js';
import type { NotificationMode } from '../webhooks/notification-transport.entity.js';
import { type FiringEvent, notificationOf } from './event-summary.js';
import { NotificationStore } from './notification-store.js';

/** Milliseconds between two looks for events. */
const pollMs = 500;

/** Seconds until rules that have failed are tried again; twice as many after each further failure. */
const pauseSeconds = 60;

/** Attempts of a rule to notify of an event. */
const maxAttempts = 5;

/** Characters of the reason in the event that says so. */
const maxReason = 500;

/** Returns the rules that fire for an event, of those with these keys. */
type RulePolicies = (
  manager: EntityManager,
  rules: readonly string[],
  event: FiringEvent,
) => Promise<ReadonlySet<string>>;

/** An event that waits for rules. */
interface Queued {
  readonly pk: string;
  /** Attempts that have failed. */
  readonly failures: number;
  /** Rules that have failed; null: every rule is to be evaluated. */
  readonly rules: readonly string[] | null;
}

interface Rule {
  readonly pk: string;
  readonly name: string;
  readonly severity: Severity;
  readonly group: string;
  readonly transports: readonly { readonly pk: string; readonly mode: NotificationMode; readonly sendOnce: boolean }[];
}

/** A rule without transports notifies in the API. */
const inApi = [{ pk: '', mode: 'local', sendOnce: false }] as const;

/**
 * Fires notification rules in worker processes: a trigger queues events, and a worker takes one, evaluates the rules and
 * writes their notifications in one transaction. An event is thus handled exactly once; a worker that dies leaves it to
 * others. A rule that fails holds up no other: it is rolled back by itself, and tried again a few times.
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
    private readonly events: EventLog,
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
    const work: { taken?: Queued | undefined } = {};
    try {
      await this.dataSource.transaction(async (manager) => {
        const queued = await take(manager, 'not_before <= now()');
        work.taken = queued;
        if (queued === undefined) return;
        const event = await read(manager, queued);
        if (event !== undefined) await this.fire(manager, queued, event);
      });
    } catch (error) {
      if (work.taken === undefined) throw error;
      const { pk } = work.taken;
      await this.dataSource.transaction(async (manager) => {
        const queued = await take(manager, 'event_uuid = $1', [pk]);
        if (queued !== undefined) await this.postpone(manager, queued, queued.rules, 'The rules', error);
      });
    }
    return work.taken !== undefined;
  }

  private async fire(manager: EntityManager, queued: Queued, event: FiringEvent): Promise<void> {
    const { policies } = this;
    if (policies === undefined) throw new Error('no policies are registered');
    const rules = await manager.query<Rule[]>(
      `select rule_uuid as pk, name, severity, group_uuid as group,
              (select coalesce(jsonb_agg(jsonb_build_object('pk', t.transport_uuid, 'mode', t.mode, 'sendOnce', t.send_once)
                                         order by t.name), '[]')
                 from "notification_rule_transport" link join "notification_transport" t using (transport_uuid)
                where link.rule_uuid = rule.rule_uuid) as transports
         from "notification_rule" rule
        where group_uuid is not null and ($1::uuid[] is null or rule_uuid = any($1)) order by name`,
      [queued.rules],
    );
    if (rules.length === 0) return;
    // The events that policies write fire no rules: a rule that matches them would have no end.
    await manager.query(`select set_config('notifications.firing', 'on', true)`);
    const firingOf = (nested: EntityManager, some: readonly Rule[]): Promise<ReadonlySet<string>> =>
      policies(
        nested,
        some.map(({ pk }) => pk),
        event,
      );
    // All rules with the same statements. If that fails, each by itself.
    const together = await manager.transaction((nested) => firingOf(nested, rules)).catch(() => undefined);
    const failed: { readonly rule: Rule; readonly error: unknown }[] = [];
    for (const rule of rules.filter(({ pk }) => together?.has(pk) ?? true)) {
      try {
        await manager.transaction(async (nested) => {
          const firing = together ?? (await firingOf(nested, [rule]));
          if (firing.has(rule.pk)) await this.notify(nested, rule, event);
        });
      } catch (error) {
        failed.push({ rule, error });
      }
    }
    const [first] = failed;
    if (first === undefined) return;
    const names = failed.map(({ rule }) => `"${rule.name}"`).join(', ');
    const keys = failed.map(({ rule }) => rule.pk);
    await this.postpone(manager, queued, keys, `The notification rules ${names}`, first.error);
  }

  /** Queues rules of an event again, or gives up with an event that says why. The event was taken in this transaction. */
  private async postpone(
    manager: EntityManager,
    { pk, failures }: Queued,
    rules: readonly string[] | null,
    which: string,
    error: unknown,
  ): Promise<void> {
    this.logger.warn(`cannot notify of the event ${pk}: ${String(error)}`);
    if (failures + 1 < maxAttempts) {
      await manager.query(
        `insert into "event_for_rules" (event_uuid, failures, rules, not_before)
         select event_uuid, $2, $3, now() + $4 * interval '1 second' from "event" where event_uuid = $1`,
        [pk, failures + 1, rules, pauseSeconds * 2 ** failures],
      );
      return;
    }
    const reason = truncated(String(error), maxReason).replaceAll('\0', '\uFFFD');
    const message = `${which} could not notify of an event, and have given up: ${reason}`;
    const context = { message, event: pk };
    await this.events.write(manager, { action: 'configuration_error', app: notificationsApp, context });
  }

  private async notify(
    manager: EntityManager,
    { pk: ruleKey, severity, group, transports }: Rule,
    event: FiringEvent,
  ): Promise<void> {
    const users = await manager.query<NotifiedUser[]>(
      `select id as pk, username, email from "group_user" join "user" u on u.id = user_id
        where group_uuid = $1 and is_active order by id`,
      [group],
    );
    const notification = { ...notificationOf(event), severity, eventKey: event.pk, ruleKey };
    for (const transport of transports.length > 0 ? transports : inApi) {
      await this.store.add(manager, transport, notification, users);
    }
  }
}

/**
 * Removes the next event from the queue, in the caller's transaction. An empty queue does not touch the table of events.
 *
 * @param condition SQL on the queue, with the parameters
 */
async function take(
  manager: EntityManager,
  condition: string,
  parameters: readonly string[] = [],
): Promise<Queued | undefined> {
  const [[next]] = await manager.query<[Queued[], number]>(
    `delete from "event_for_rules" where event_uuid = (
       select event_uuid from "event_for_rules" where ${condition}
        order by not_before limit 1 for update skip locked
     ) returning event_uuid as pk, failures, rules`,
    [...parameters],
  );
  return next;
}

/** Reads a queued event, and keeps it from being deleted. @returns undefined if it is being deleted */
async function read(manager: EntityManager, { pk }: Queued): Promise<FiringEvent | undefined> {
  const [event] = await manager.query<FiringEvent[]>(
    `select event_uuid as pk, action, app, client_ip as "clientIp", context, "user" from "event" where event_uuid = $1
        for key share skip locked`,
    [pk],
  );
  return event;
}
