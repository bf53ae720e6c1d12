import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

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

/** Readable `.html` files in a folder and, however deep, in the folders in it. What cannot be read is left out. */
async function htmlFilesIn(folder: string, root: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return htmlFilesIn(path, root).catch(() => []);
    return entry.name.endsWith('.html') && (await isReadableBelow(root, path)) ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Whether this is a file to read, and one that lies below `root` itself: a link must not open the rest of the disk. */
async function isReadableBelow(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(path);
    await access(target, constants.R_OK);
    return target.startsWith(join(root, sep)) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}
