import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** Place of sealed URLs. */
export const transportUrlPlace = 'named_transport.url';

/** Model of the permissions. */
export const namedTransportModel = 'authentik_mail.namedtransport';

/** A transport with a name, which email stages can refer to. */
@Entity()
@Unique('uq_named_transport_name', ['name'])
export class NamedTransport {
  @PrimaryColumn({ type: 'uuid', name: 'transport_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** As EMAIL_URL, sealed. */
  @Column({ type: 'text' })
  url!: string;

  /** The URL without its secrets. */
  @Column({ type: 'text' })
  shownUrl!: string;

  /** Empty: EMAIL_FROM. */
  @Column({ type: 'varchar', length: 254 })
  fromAddress = '';

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
