import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';

/** A template that a stage can choose. */
export interface EmailTemplate {
  /** Path below the folder of templates, with `/` between its parts. */
  readonly path: string;
  readonly label: string;
}

/** Templates that are shipped and can be chosen (management API, section 4.4). */
const shipped: readonly EmailTemplate[] = [
  { path: 'email/password_reset.html', label: 'Password Reset' },
  { path: 'email/account_confirmation.html', label: 'Account Confirmation' },
];

/** Knows the templates of mails: the shipped ones, and those that the administrator keeps in EMAIL_TEMPLATE_DIR. */
@Injectable()
export class EmailTemplates {
  private readonly logger = new Logger(EmailTemplates.name);

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Every template that can be chosen now, shipped ones first. The folder is read anew each time. */
  async choices(): Promise<EmailTemplate[]> {
    const custom = await this.customPaths();
    return [...shipped, ...custom.map((path) => ({ path, label: `Custom Template: ${path}` }))];
  }

  /** Whether a stage may choose this one. */
  async has(path: string): Promise<boolean> {
    return (await this.choices()).some((template) => template.path === path);
  }

  /** Readable `.html` files below the administrator's folder, however deep; those that cannot be read are left out. */
  private async customPaths(): Promise<string[]> {
    const folder = this.settings.emailTemplateDir;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.logger.warn(`EMAIL_TEMPLATE_DIR: ${String(error)}`);
      return [];
    });
    const files = entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith('.html'))
      .map((entry) => join(entry.parentPath, entry.name));
    const readable = await Promise.all(files.map((file) => isReadable(file)));
    return files
      .filter((_, index) => readable[index])
      .map((file) => file.slice(join(folder, sep).length).split(sep).join('/'))
      .sort();
  }
}

async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}
