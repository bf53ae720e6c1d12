import { Column, CreateDateColumn, Entity, Generated, Index, PrimaryColumn, Unique } from 'typeorm';

/** Something that happened, for other systems. Stored only if a webhook endpoint or a stream of events wants it. */
@Entity()
@Unique('uq_outgoing_event_sequence', ['sequence'])
@Index('ix_outgoing_event_unplaced', ['sequence'], { where: 'position IS NULL' })
@Index('ix_outgoing_event_position', ['position'], { where: 'position > 0', unique: true })
export class OutgoingEvent {
  /** The same in every attempt of every delivery, so that receivers recognize a repeated one. */
  @PrimaryColumn({ type: 'uuid', name: 'event_uuid' })
  pk!: string;

  /** Grows from event to event of a subject, with gaps. A bigint, which `pg` returns as text. */
  @Column({ type: 'bigint' })
  @Generated('increment')
  sequence!: string;

  /** Such as `address.verified`. */
  @Column({ type: 'text' })
  type!: string;

  /** What it happened to, such as `user/17`. */
  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'jsonb' })
  data!: Record<string, unknown>;

  @Index('ix_outgoing_event_created')
  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** Place in the stream of events; null until it has one, 0 if it is not part of it. A bigint, which `pg` returns as text. */
  @Column({ type: 'bigint', nullable: true, default: 0 })
  position!: string | null;
}
