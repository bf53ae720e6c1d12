import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How often something was done, for what may be done only so often. */
@Entity()
export class RequestLimit {
  /** Who did what. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'integer' })
  count!: number;

  /** When the next attempt is allowed; null: at once. */
  @Column({ type: 'timestamptz', nullable: true })
  notBefore!: Date | null;

  /** When the count starts again at zero. */
  @Index('ix_request_limit_ends')
  @Column({ type: 'timestamptz' })
  ends!: Date;
}
