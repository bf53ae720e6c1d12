import { readFile, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

import { TemplateError } from './template-error.js';

/** A template on the disk, as it is now. */
export interface TemplateFile {
  /** Path below the folder of templates, with `/` between its parts. */
  readonly name: string;
  /** Whose it is: the administrator's or ours. */
  readonly origin: 'custom' | 'shipped';
  /** The file itself, links resolved. */
  readonly path: string;
  /** Changes when the file does. */
  readonly version: string;
  /** Bytes. */
  readonly size: number;
}

/** The files of one mail; at least one of them is there. */
export interface MailFiles {
  readonly html: TemplateFile | undefined;
  readonly text: TemplateFile | undefined;
}

/** The folders that templates are in. */
export class TemplateFolders {
  /** Shipped files change only together with the service, so each is looked for once. */
  private readonly shippedFiles = new Map<string, Promise<TemplateFile | undefined>>();
  private shippedRoot: string | undefined;
  private opened: Promise<TemplateFiles> | undefined;

  /**
   * @param custom the administrator's folder, if there is one; it need not exist
   * @param shipped ours
   */
  constructor(
    private readonly custom: string | undefined,
    private readonly shipped: string,
  ) {}

  /** The templates as they are now. Whoever asks at the same moment gets the same ones. */
  open(): Promise<TemplateFiles> {
    if (this.opened === undefined) {
      this.opened = this.look();
      setImmediate(() => (this.opened = undefined));
    }
    return this.opened;
  }

  private async look(): Promise<TemplateFiles> {
    const custom = this.custom === undefined ? undefined : await realpath(this.custom).catch(() => undefined);
    const shipped = (this.shippedRoot ??= await realpath(this.shipped));
    const findShipped = (name: string): Promise<TemplateFile | undefined> => {
      const found = this.shippedFiles.get(name) ?? look(shipped, name, 'shipped');
      // What is not there comes from a template or a request, and could be anything.
      found.then(
        (file) => file !== undefined && this.shippedFiles.set(name, found),
        () => undefined,
      );
      return found;
    };
    const findCustom = (name: string): Promise<TemplateFile | undefined> =>
      custom === undefined ? Promise.resolve(undefined) : look(custom, name, 'custom');
    return new TemplateFiles([findCustom, findShipped]);
  }
}

/**
 * Finds the templates of one mail or page: in the administrator's folder first, then among the shipped ones, so that a file of
 * the same name replaces ours. Nothing outside of these two folders is ever read.
 */
export class TemplateFiles {
  private readonly known = new Map<string, Promise<TemplateFile | undefined>[]>();

  constructor(private readonly folders: readonly ((name: string) => Promise<TemplateFile | undefined>)[]) {}

  /**
   * @param except files that do not count, so that a template can extend the one that it replaces
   * @returns undefined if there is none
   * @throws TemplateError if the name or the file it leads to is outside of the folder, or it may not be read
   */
  async find(name: string, except: readonly TemplateFile[] = []): Promise<TemplateFile | undefined> {
    let known = this.known.get(name);
    if (known === undefined) {
      checkName(name);
      this.known.set(name, (known = []));
    }
    for (const [index, findIn] of this.folders.entries()) {
      const file = await (known[index] ??= findIn(name));
      if (file !== undefined && !except.some(({ path }) => path === file.path)) return file;
    }
    return undefined;
  }

  /**
   * The files of a mail: the HTML template, and the text template beside it (`html` in its name replaced by `txt`). A
   * custom HTML template is not paired with a text of ours, which would say something else.
   *
   * @param name a `.html` template; or a `.txt` one, for a mail of plain text
   * @throws TemplateError if there is no such template, and as `find` does
   */
  async findMail(name: string): Promise<MailFiles> {
    if (name.endsWith('.txt')) return { html: undefined, text: await this.get(name) };
    if (!name.endsWith('.html')) throw new TemplateError(name, 'the name must end in .html or .txt');
    const html = await this.find(name);
    for (const sibling of textNames(name)) {
      const text = await this.find(sibling);
      if (text !== undefined && (html?.origin !== 'custom' || text.origin === 'custom')) return { html, text };
    }
    return { html: html ?? (await this.get(name)), text: undefined };
  }

  private async get(name: string): Promise<TemplateFile> {
    const file = await this.find(name);
    if (file === undefined) throw new TemplateError(name, 'there is no such template');
    return file;
  }
}

/** @throws TemplateError if it may not be read */
export async function readTemplate(file: TemplateFile): Promise<Buffer> {
  try {
    return await readFile(file.path);
  } catch (error) {
    throw unreadable(file.name, error);
  }
}

/**
 * The name that a template means by a path in it: `./` and `../` start at its own folder, everything else at the
 * folder of templates.
 */
export function resolveName(path: string, from: string): string {
  return /^\.\.?\//.test(path) ? posix.join(posix.dirname(from), path) : path;
}

/** Where the text of an HTML template may be: first the same file with another ending, then authentik's rule. */
function textNames(name: string): string[] {
  return [...new Set([name.replace(/html$/, 'txt'), name.replaceAll('html', 'txt')])];
}

function checkName(name: string): void {
  const parts = name.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\p{Cc}]/u.test(name);
  if (odd || name.length > 255) throw new TemplateError(name.slice(0, 255), 'the name leaves the folder of templates');
}

async function look(root: string, name: string, origin: TemplateFile['origin']): Promise<TemplateFile | undefined> {
  try {
    const path = await realpath(join(root, name));
    if (!path.startsWith(join(root, sep))) {
      throw new TemplateError(name, 'the file is a link that leaves the folder of templates');
    }
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const { size, mtimeMs, ino } = found;
    return { name, origin, path, size, version: `${mtimeMs} ${size} ${ino}` };
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(name, error);
  }
}

/** Codes of errors that stay until somebody changes the file, its rights or the name. */
const lasting = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EISDIR']);

/** A fault of the template; or the error itself if it passes, such as want of file handles: that is no fault of it. */
function unreadable(name: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!lasting.has(code)) return error;
  return new TemplateError(name, `the file cannot be read (${code})`, undefined, { cause: error });
}
