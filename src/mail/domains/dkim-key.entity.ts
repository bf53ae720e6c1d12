import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';

import { MailDomain } from './mail-domain.entity.js';

/** Names of the algorithms, as in the tag `k` of a DKIM record (RFC 6376, 3.6.1; RFC 8463). */
export const dkimAlgorithms = ['rsa', 'ed25519'] as const;

/** `pending`: to be published · `active`: signs · `retired`: verifies mails that are under way. */
export const dkimKeyStates = ['pending', 'active', 'retired'] as const;

/** Place of sealed private keys. */
export const dkimKeyPlace = 'dkim_key.private_key';

/** A key pair that signs the mails of a domain. */
@Entity()
@Unique('uq_dkim_key_selector', ['domainId', 'selector'])
@Check('ck_dkim_key_algorithm', `"algorithm" IN ('rsa', 'ed25519')`)
@Check('ck_dkim_key_state', `"state" IN ('pending', 'active', 'retired')`)
export class DkimKey {
  @PrimaryColumn({ type: 'uuid', name: 'key_uuid' })
  pk!: string;

  @Column({ type: 'uuid', name: 'domain_uuid' })
  domainId!: string;

  @ManyToOne(() => MailDomain, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'domain_uuid', foreignKeyConstraintName: 'fk_dkim_key_domain' })
  domain?: Relation<MailDomain>;

  @Column({ type: 'varchar', length: 63 })
  selector!: string;

  @Column({ type: 'text' })
  algorithm!: (typeof dkimAlgorithms)[number];

  @Column({ type: 'text', default: 'pending' })
  state!: (typeof dkimKeyStates)[number];

  /** Base64, as in the tag `p` of the DKIM record. */
  @Column({ type: 'text' })
  publicKey!: string;

  /** PKCS #8 in PEM, sealed; empty after the key has retired. */
  @Column({ type: 'text' })
  privateKey!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
