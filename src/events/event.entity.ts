import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** What can happen, in the order of the reference's document; `email_failed` is ours. */
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

/** Something that happened and that an administrator may want to know of. Never holds a secret, a link or a body. */
@Entity()
@Index('ix_event_created', ['created'])
@Index('ix_event_expires', ['expires'])
export class Event {
  @PrimaryColumn({ type: 'uuid', name: 'event_uuid' })
  pk!: string;

  /** One of `eventActions`, or `custom_` and a name. */
  @Index('ix_event_action')
  @Column({ type: 'text' })
  action!: string;

  /** The part of the service that it happened in. */
  @Column({ type: 'text' })
  app!: string;

  /** Who did it: `pk`, `username` and `email` as they were then; empty for the service itself. */
  @Column({ type: 'jsonb', default: {} })
  user!: Record<string, unknown>;

  @Column({ type: 'jsonb', default: {} })
  context!: Record<string, unknown>;

  @Column({ type: 'text', nullable: true })
  clientIp!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** When it is deleted. Writers leave it to this default. */
  @Column({ type: 'timestamptz', default: () => `(now() + '365 days')` })
  expires!: Date;
}
