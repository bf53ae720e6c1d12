import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How often something was done, for what may be done only so often. */
@Entity()
export class RequestLimit {
  /** Who did what. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  @Column({ type: 'integer' })
  count!: number;

  /** When the count begins anew. */
  @Index('ix_request_limit_ends')
  @Column({ type: 'timestamptz' })
  ends!: Date;
}
