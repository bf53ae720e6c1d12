import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Counter of a rate limit. */
@Entity()
export class RequestLimit {
  /** Action and subject. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'integer' })
  count!: number;

  /** Time of the next allowed attempt; null: immediately. */
  @Column({ type: 'timestamptz', nullable: true })
  notBefore!: Date | null;

  /** Time at which the counter resets. */
  @Index('ix_request_limit_ends')
  @Column({ type: 'timestamptz' })
  ends!: Date;
}
