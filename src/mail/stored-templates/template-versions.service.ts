import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThanOrEqual } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import type { MailTemplateVersionDetailDto, MailTemplateVersionDto } from './dto/mail-template.dto.js';
import { keptVersions } from './limits.js';
import { MailTemplateVersion } from './mail-template-version.entity.js';

/** Keeps what templates were after each change. */
@Injectable()
export class TemplateVersions {
  constructor(private readonly dataSource: DataSource) {}

  /** Keeps the current version of a template, in the transaction of its change, and drops the oldest ones. */
  async keep(manager: EntityManager, pk: string): Promise<void> {
    const [kept] = await manager.query<{ version: number }[]>(
      `insert into "mail_template_version" ("template_uuid", "version", "name", "html", "text", "username")
       select template_uuid, version, name, html, text,
              coalesce(nullif(current_setting('audit.actor', true), '')::jsonb -> 'user' ->> 'username', '')
         from "mail_template" where template_uuid = $1
       returning version`,
      [pk],
    );
    const oldest = (kept?.version ?? 0) - keptVersions;
    if (oldest > 0) await manager.delete(MailTemplateVersion, { templateId: pk, version: LessThanOrEqual(oldest) });
  }

  /** Returns the versions of a template, the latest first. */
  list(pk: string): Promise<MailTemplateVersionDto[]> {
    return this.dataSource.manager
      .createQueryBuilder(MailTemplateVersion, 'kept')
      .select('kept.version', 'version')
      .addSelect('kept.name', 'name')
      .addSelect('kept.username', 'username')
      .addSelect('kept.created', 'created')
      .addSelect('octet_length(kept.html) + octet_length(kept.text)', 'size')
      .where('kept.templateId = :pk', { pk })
      .orderBy('kept.version', 'DESC')
      .getRawMany<MailTemplateVersionDto>();
  }

  /** @throws AppError `notFound` */
  async get(templateId: string, version: number): Promise<MailTemplateVersionDetailDto> {
    const kept = await this.dataSource.manager.findOneBy(MailTemplateVersion, { templateId, version });
    if (kept === null) throw new AppError('notFound');
    const { name, username, created, html, text } = kept;
    return { version, name, username, created, size: Buffer.byteLength(html) + Buffer.byteLength(text), html, text };
  }
}
