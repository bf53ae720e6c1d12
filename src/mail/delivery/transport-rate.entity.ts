import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a transport with a rate takes its next mails, from all workers together. */
@Entity()
export class TransportRate {
  /** SHA-256 of the settings without secrets. */
  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** Start of the mail after those that were sent. */
  @Column({ type: 'timestamptz' })
  next!: Date;

  /** Until when the waiting mails need to be sent. */
  @Column({ type: 'timestamptz' })
  queueEnds!: Date;

  /** Whether the last mail was sent. */
  @Column({ type: 'boolean' })
  isGranted!: boolean;
}
