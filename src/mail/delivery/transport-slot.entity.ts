import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One of the mails that all workers together may send to an account at a time. */
@Entity()
export class TransportSlot {
  /** SHA-256 of the settings without secrets. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** From 1. */
  @PrimaryColumn({ type: 'integer' })
  number!: number;

  /** The use of the slot; a worker that is no longer alive does not extend its lease. */
  @Column({ type: 'uuid' })
  holder!: string;

  @Column({ type: 'timestamptz' })
  leaseUntil!: Date;
}
