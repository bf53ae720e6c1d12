import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** Event actions in the order of authentik's schema; `email_failed` is an addition. */
export const eventActions = [
  'login',
  'login_failed',
  'logout',
  'user_write',
  'suspicious_request',
  'password_set',
  'secret_view',
  'secret_rotate',
  'invitation_used',
  'authorize_application',
  'source_linked',
  'impersonation_started',
  'impersonation_ended',
  'flow_execution',
  'policy_execution',
  'policy_exception',
  'property_mapping_exception',
  'system_task_execution',
  'system_task_exception',
  'system_exception',
  'configuration_error',
  'model_created',
  'model_updated',
  'model_deleted',
  'email_sent',
  'update_available',
  'custom_',
  'email_failed',
] as const;
export type EventAction = (typeof eventActions)[number];

/** An audit event. Never contains a secret, a link or the text of a mail. */
@Entity()
@Index('ix_event_created', ['created'])
@Index('ix_event_waiting', ['created', 'pk'], { where: 'shipped is null' })
export class Event {
  @PrimaryColumn({ type: 'uuid', name: 'event_uuid' })
  pk!: string;

  /** One of `eventActions`, or `custom_` followed by a name. */
  @Index('ix_event_action')
  @Column({ type: 'text' })
  action!: string;

  /** Component that wrote the event. */
  @Column({ type: 'text' })
  app!: string;

  /** Acting user: `pk`, `username` and `email` at that time; empty for the service itself. */
  @Column({ type: 'jsonb', default: {} })
  user!: Record<string, unknown>;

  @Column({ type: 'jsonb', default: {} })
  context!: Record<string, unknown>;

  @Column({ type: 'text', nullable: true })
  clientIp!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** Time of deletion by versions without EVENT_RETENTION, which may run beside this one. Writers rely on this default. */
  @Column({ type: 'timestamptz', default: () => `(now() + '365 days')` })
  expires!: Date;

  /** When it was shipped; null if it waits for that. */
  @Column({ type: 'timestamptz', nullable: true })
  shipped!: Date | null;
}
