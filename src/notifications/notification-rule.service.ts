import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { Caller, KnownUsers } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import { GroupService } from '../core/groups/group.service.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import type { Reference } from '../rest/used-by.js';
import type { NotificationRuleDto, NotificationRuleRequestDto } from './dto/notification-rule.dto.js';
import { NotificationRuleTransport } from './notification-rule-transport.entity.js';
import { NotificationRule } from './notification-rule.entity.js';
import { notificationRuleColumns, type NotificationRuleRow } from './notification-rule.mapper.js';

/** Stores notification rules. */
@Injectable()
export class NotificationRuleService extends ResourceStore<
  NotificationRule,
  NotificationRuleRow,
  NotificationRuleDto,
  NotificationRuleRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly groups: GroupService,
  ) {
    super(dataSource, { entity: NotificationRule, alias: 'rule', columns: notificationRuleColumns });
  }

  /** Returns the transports of the rule. @throws AppError `notFound` */
  override async references(pk: string, visible: VisibleRows, by: Caller): Promise<Reference[]> {
    await super.references(pk, visible, by);
    const rows = this.dataSource.manager
      .createQueryBuilder(NotificationRuleTransport, 'link')
      .innerJoin('link.transport', 'transport')
      .where('link.ruleId = :pk', { pk })
      .select('transport.pk', 'pk')
      .addSelect(`concat('Notification Transport ', transport.name)`, 'name')
      .orderBy('transport.name');
    return [{ app: 'authentik_events', model: 'notificationtransport', action: 'cascade_many', rows }];
  }

  protected override rows(manager: EntityManager, known: KnownUsers): SelectQueryBuilder<NotificationRule> {
    return super.rows(manager, known).leftJoin('rule.group', 'grp');
  }

  /** Replaces the transports. */
  protected override async afterWrite(
    manager: EntityManager,
    pk: string,
    { transports }: Partial<NotificationRuleRequestDto>,
  ): Promise<void> {
    if (transports === undefined) return;
    await manager.query(
      `delete from "notification_rule_transport" where rule_uuid = $1 and transport_uuid <> all($2)`,
      [pk, transports],
    );
    await manager.query(
      `insert into "notification_rule_transport" (rule_uuid, transport_uuid)
       select distinct $1::uuid, transport from unnest($2::uuid[]) as transport on conflict do nothing`,
      [pk, transports],
    );
  }

  protected async responses({ rows, known }: ReadRows<NotificationRuleRow, never>): Promise<NotificationRuleDto[]> {
    const groups = await this.groups.getMany(
      rows.flatMap(({ group }) => group ?? []),
      known,
    );
    return rows.map((row) => ({ ...row, group_obj: groups.get(row.group ?? '') ?? null }));
  }
}

/** Returns the rules for a group; they notify nobody once it is deleted. */
export function notificationRuleReferences(manager: EntityManager, group: unknown): Reference {
  const rows = manager
    .createQueryBuilder(NotificationRule, 'rule')
    .where('rule.groupId = :group', { group })
    .select('rule.pk', 'pk')
    .addSelect(`concat('Notification Rule ', rule.name)`, 'name')
    .orderBy('rule.name');
  return { app: 'authentik_events', model: 'notificationrule', action: 'set_null', rows };
}
