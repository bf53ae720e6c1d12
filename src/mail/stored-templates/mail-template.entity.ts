import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** Model of the permissions. */
export const mailTemplateModel = 'authentik_mail.mailtemplate';

/** A template of mails in the database. */
@Entity()
@Unique('uq_mail_template_name', ['name'])
export class MailTemplate {
  @PrimaryColumn({ type: 'uuid', name: 'template_uuid' })
  pk!: string;

  /** As the path of a file: `email/welcome.html`. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  html!: string;

  /** Empty: the text part is made from the HTML. */
  @Column({ type: 'text', default: '' })
  text = '';

  /** Counts the changes. */
  @Column({ type: 'integer', default: 1 })
  version = 1;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
