import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { NotificationRule } from './notification-rule.entity.js';

/** A rule notifies through a transport. */
@Entity()
export class NotificationRuleTransport {
  @PrimaryColumn({ type: 'uuid', name: 'rule_uuid' })
  ruleId!: string;

  @ManyToOne(() => NotificationRule, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'rule_uuid', foreignKeyConstraintName: 'fk_notification_rule_transport_rule' })
  rule?: Relation<NotificationRule>;

  @Index('ix_notification_rule_transport_transport')
  @PrimaryColumn({ type: 'uuid', name: 'transport_uuid' })
  transportId!: string;

  @ManyToOne(() => NotificationTransport, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'transport_uuid', foreignKeyConstraintName: 'fk_notification_rule_transport_transport' })
  transport?: Relation<NotificationTransport>;
}
