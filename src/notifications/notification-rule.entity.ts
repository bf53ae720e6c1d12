import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { Group } from '../core/groups/group.entity.js';
import { oneOf } from '../database/one-of.js';
import { severities, type Severity } from '../webhooks/notification-body.js';

/** Notifies the members of a group of the events for which a bound policy passes. */
@Entity()
@Unique('uq_notification_rule_name', ['name'])
@Check('ck_notification_rule_severity', oneOf('severity', severities))
export class NotificationRule {
  /** Also the key for policy bindings. */
  @PrimaryColumn({ type: 'uuid', name: 'rule_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: 'notice' })
  severity!: Severity;

  /** Null: nobody is notified. */
  @Index('ix_notification_rule_group')
  @Column({ type: 'uuid', name: 'group_uuid', nullable: true })
  groupId!: string | null;

  @ManyToOne(() => Group, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'group_uuid', foreignKeyConstraintName: 'fk_notification_rule_group' })
  group?: Relation<Group> | null;
}
