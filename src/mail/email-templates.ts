import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { MailTemplate } from './stored-templates/mail-template.entity.js';

/** A template that a stage can choose. */
export interface EmailTemplate {
  /** Path relative to the template folder, separated by `/`. */
  readonly path: string;
  readonly label: string;
}

/** Shipped templates that a stage can choose. */
const shippedTemplates: readonly EmailTemplate[] = [
  { path: 'email/password_reset.html', label: 'Password Reset' },
  { path: 'email/account_confirmation.html', label: 'Account Confirmation' },
  { path: 'email/address_change.html', label: 'Address Change' },
];

/** Lists the mail templates that stages can choose: the shipped ones, those in EMAIL_TEMPLATE_DIR and in the database. */
@Injectable()
export class EmailTemplates {
  private readonly logger = new Logger(EmailTemplates.name);

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Returns all templates, shipped ones first. Reads the folder on every call.
   *
   * @param manager of the caller's transaction, which sees the templates that it has added
   */
  async choices(manager: EntityManager = this.dataSource.manager): Promise<EmailTemplate[]> {
    const files = await this.customPaths();
    const stored = await manager.find(MailTemplate, { select: { name: true }, order: { name: 'ASC' } });
    const listed = new Set([...shippedTemplates.map(({ path }) => path), ...files]);
    const custom = [...files, ...stored.map(({ name }) => name).filter((name) => !listed.has(name))];
    return [...shippedTemplates, ...custom.map((path) => ({ path, label: `Custom Template: ${path}` }))];
  }

  /** Whether a stage may choose this template. */
  async has(path: string, manager?: EntityManager): Promise<boolean> {
    return (await this.choices(manager)).some((template) => template.path === path);
  }

  /** As `has`; a template in the database is not deleted or renamed until the caller's transaction ends. */
  async hold(path: string, manager: EntityManager): Promise<boolean> {
    const rows = await manager.query<unknown[]>('select from "mail_template" where name = $1 for key share', [path]);
    return rows.length > 0 || this.has(path, manager);
  }

  private async customPaths(): Promise<string[]> {
    try {
      const folder = await realpath(this.settings.emailTemplateDir);
      const files = await htmlFilesIn(folder, folder);
      return files.map((file) => relative(folder, file).split(sep).join('/')).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.logger.warn(`EMAIL_TEMPLATE_DIR: ${String(error)}`);
      return [];
    }
  }
}

/** Returns the readable `.html` files in a folder, recursively. Unreadable files and folders are skipped. */
async function htmlFilesIn(folder: string, root: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return htmlFilesIn(path, root).catch(() => []);
    return entry.name.endsWith('.html') && (await isReadableBelow(root, path)) ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Whether this is a readable file below `root` after resolving symbolic links, which must not lead out of it. */
async function isReadableBelow(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(path);
    await access(target, constants.R_OK);
    return target.startsWith(join(root, sep)) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}
