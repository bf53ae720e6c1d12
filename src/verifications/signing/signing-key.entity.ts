import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** The place that the seal of a private key is bound to. */
export const signingKeyPlace = 'signing_key.private_key';

/** A key that signs tokens of verifications. One key signs; retired ones are published until their tokens have expired. */
@Entity()
@Index('uq_signing_key_active', ['isActive'], { unique: true, where: '"is_active"' })
export class SigningKey {
  /** Also the `kid` of the key. */
  @PrimaryColumn({ type: 'uuid', name: 'key_uuid' })
  pk!: string;

  /** JSON Web Key (RFC 7517). */
  @Column({ type: 'jsonb' })
  publicKey!: Record<string, unknown>;

  /** PKCS #8 in PEM, sealed by `SecretBox`; empty for a retired key. */
  @Column({ type: 'text' })
  privateKey!: string;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  retired!: Date | null;
}
