import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

import { MailTemplate } from './mail-template.entity.js';

/** What a template was after one of its changes. Never changed. */
@Entity()
export class MailTemplateVersion {
  @PrimaryColumn({ type: 'uuid', name: 'template_uuid' })
  templateId!: string;

  @ManyToOne(() => MailTemplate, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'template_uuid', foreignKeyConstraintName: 'fk_mail_template_version_template' })
  template!: MailTemplate;

  @PrimaryColumn({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  html!: string;

  @Column({ type: 'text' })
  text!: string;

  /** Who changed it; empty for the service itself. */
  @Column({ type: 'text' })
  username!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
