import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** A domain whose mails are signed with DKIM (RFC 6376). */
@Entity()
@Unique('uq_mail_domain_name', ['name'])
export class MailDomain {
  @PrimaryColumn({ type: 'uuid', name: 'domain_uuid' })
  pk!: string;

  /** In ASCII and lower case. */
  @Column({ type: 'varchar', length: 253 })
  name!: string;

  /** Whether mails from the domain are signed. */
  @Column({ type: 'boolean', default: true })
  signing!: boolean;

  /** How often the keys were rotated or activated. The event of a change names the field `keys`. */
  @Column({ type: 'integer', default: 0 })
  keyChanges!: number;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
