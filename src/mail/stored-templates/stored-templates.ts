import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Batcher } from '../../rest/cache/batcher.js';
import type { FindTemplate, TemplateFile } from '../../templating/template-files.js';
import { textNameOf } from '../rendering/draft.js';
import { MailTemplateVersion } from './mail-template-version.entity.js';
import { MailTemplate } from './mail-template.entity.js';

interface StoredRow {
  readonly pk: string;
  readonly name: string;
  readonly version: number;
  readonly lastUpdated: Date;
  readonly htmlSize: number;
  readonly textSize: number;
}

/**
 * Finds the templates in the database for rendering. Each snapshot is read after it was asked for, so that a change counts
 * at once in every process; only the parsed templates are cached, by their version.
 */
@Injectable()
export class StoredTemplates {
  private readonly snapshots = new Batcher<undefined, FindTemplate>(
    async (calls) => {
      const find = await this.read();
      return calls.map(() => find);
    },
    { failsAll: () => true },
  );

  constructor(private readonly dataSource: DataSource) {}

  /** Returns the templates as they are now. Concurrent callers share a statement. */
  snapshot(): Promise<FindTemplate> {
    return this.snapshots.run(undefined);
  }

  private async read(): Promise<FindTemplate> {
    const rows = await this.dataSource.manager
      .createQueryBuilder(MailTemplate, 'template')
      .select('template.pk', 'pk')
      .addSelect('template.name', 'name')
      .addSelect('template.version', 'version')
      .addSelect('template.lastUpdated', 'lastUpdated')
      .addSelect('octet_length(template.html)', 'htmlSize')
      .addSelect('octet_length(template.text)', 'textSize')
      .getRawMany<StoredRow>();
    const found = new Map<string, TemplateFile>();
    for (const row of rows) {
      found.set(row.name, this.partOf(row, row.name, 'html', row.htmlSize));
      const textName = textNameOf(row.name);
      if (row.textSize > 0) found.set(textName, this.partOf(row, textName, 'text', row.textSize));
    }
    return (name) => Promise.resolve(found.get(name));
  }

  private partOf(
    { pk, version, lastUpdated: modified }: StoredRow,
    name: string,
    part: 'html' | 'text',
    size: number,
  ): TemplateFile {
    return {
      name,
      origin: 'stored',
      path: `database ${pk} ${part}`,
      version: String(version),
      size,
      modified,
      read: () => this.content(pk, version, part),
    };
  }

  /** Reads one part of a version, which is never changed. */
  private async content(templateId: string, version: number, part: 'html' | 'text'): Promise<string> {
    const found = await this.dataSource.manager.findOneBy(MailTemplateVersion, { templateId, version });
    // The next attempt has a snapshot without it.
    if (found === null) throw new Error('The template was deleted while it was read.');
    return found[part];
  }
}
