import { readFile, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';

import { MissingTemplateError, TemplateError } from './template-error.js';

/**
 * Where templates are found, the first one first: `draft` is not saved yet, `custom` is in the administrator's folder,
 * `stored` in the database, and `shipped` is part of the service.
 */
const templateOrigins = ['draft', 'custom', 'stored', 'shipped'] as const;
export type TemplateOrigin = (typeof templateOrigins)[number];

/** A template and its current version. */
export interface TemplateFile {
  /** Path relative to the template folder, separated by `/`. */
  readonly name: string;
  readonly origin: TemplateOrigin;
  /** Real path, symbolic links resolved; a unique text for a template outside of the folders. */
  readonly path: string;
  /** Changes when the file does. */
  readonly version: string;
  /** Bytes. */
  readonly size: number;
  /** Reads the content of a template outside of the folders. */
  readonly read?: () => Promise<string>;
  /** When it was last changed; undefined if that is not known. */
  readonly modified?: Date;
}

/** Finds a template by its name, in one place. */
export type FindTemplate = (name: string) => Promise<TemplateFile | undefined>;

/** The template files of one mail; at least one is defined. */
export interface MailFiles {
  readonly html: TemplateFile | undefined;
  readonly text: TemplateFile | undefined;
}

/** The template folders. */
export class TemplateFolders {
  /** Shipped files change only with the service, so each is looked up once. */
  private readonly shippedFiles = new Map<string, Promise<TemplateFile | undefined>>();
  private shippedRoot: string | undefined;
  private opened: Promise<TemplateFiles> | undefined;

  /**
   * @param custom the administrator's folder, if set; it need not exist
   * @param shipped the folder of the service
   * @param stored looks into the database, if templates are stored there
   */
  constructor(
    private readonly custom: string | undefined,
    private readonly shipped: string,
    private readonly stored?: () => Promise<FindTemplate>,
  ) {}

  /** Returns a snapshot of the templates, shared by all callers in the same turn of the event loop. */
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
    const findShipped: FindTemplate = (name) => {
      const found = this.shippedFiles.get(name) ?? look(shipped, name, 'shipped');
      // Missing names are not cached: they come from templates and requests, without bound.
      found.then(
        (file) => file !== undefined && this.shippedFiles.set(name, found),
        () => undefined,
      );
      return found;
    };
    const findCustom: FindTemplate = (name) =>
      custom === undefined ? Promise.resolve(undefined) : look(custom, name, 'custom');
    const stored = this.stored === undefined ? [] : [await this.stored()];
    return new TemplateFiles([findCustom, ...stored, findShipped]);
  }
}

/**
 * Finds templates: first in the administrator's folder, then in the database, then among the shipped ones, so that a custom
 * template replaces the shipped one of the same name. Never reads outside of the two folders.
 */
export class TemplateFiles {
  private readonly known = new Map<string, Promise<TemplateFile | undefined>[]>();

  constructor(private readonly places: readonly FindTemplate[]) {}

  /** Returns these templates with one more place, where they are looked for first. */
  after(place: FindTemplate): TemplateFiles {
    return new TemplateFiles([place, ...this.places]);
  }

  /** Returns the origins that have a template of this name, the one that is used first. */
  async origins(name: string): Promise<TemplateOrigin[]> {
    checkName(name);
    const found = await Promise.all(this.places.map((findIn) => findIn(name)));
    return found.flatMap((file) => file?.origin ?? []);
  }

  /**
   * @param except files to skip, so that a template can extend the one that it replaces
   * @returns undefined if not found
   * @throws TemplateError if the name or the real file is outside of the folder, or cannot be read
   */
  async find(name: string, except: readonly TemplateFile[] = []): Promise<TemplateFile | undefined> {
    let known = this.known.get(name);
    if (known === undefined) {
      checkName(name);
      this.known.set(name, (known = []));
    }
    for (const [index, findIn] of this.places.entries()) {
      const file = await (known[index] ??= findIn(name));
      if (file !== undefined && !except.some(({ path }) => path === file.path)) return file;
    }
    return undefined;
  }

  /**
   * Finds the files of a mail: the HTML template, and its text template (`html` in the name replaced by `txt`). An HTML
   * template is not paired with a text template that it comes before, such as a shipped one, whose content would differ.
   *
   * @param name a `.html` template; or a `.txt` template for a mail without HTML
   * @throws MissingTemplateError, or like `find`
   */
  async findMail(name: string): Promise<MailFiles> {
    if (name.endsWith('.txt')) return { html: undefined, text: await this.get(name) };
    if (!name.endsWith('.html')) throw new TemplateError(name, 'the name must end in .html or .txt');
    const html = await this.find(name);
    for (const sibling of textNames(name)) {
      const text = await this.find(sibling);
      if (text !== undefined && (html === undefined || rank(text) <= rank(html))) return { html, text };
    }
    return { html: html ?? (await this.get(name)), text: undefined };
  }

  private async get(name: string): Promise<TemplateFile> {
    const file = await this.find(name);
    if (file === undefined) throw new MissingTemplateError(name);
    return file;
  }
}

/** Returns the place of a template's origin among all of them. */
function rank({ origin }: TemplateFile): number {
  return templateOrigins.indexOf(origin);
}

/** @throws TemplateError if the file cannot be read */
export async function readTemplate(file: TemplateFile): Promise<Buffer> {
  if (file.read !== undefined) return Buffer.from(await file.read());
  try {
    return await readFile(file.path);
  } catch (error) {
    throw unreadable(file.name, error);
  }
}

/** Resolves a path in a template: `./` and `../` are relative to its own folder, others to the template folder. */
export function resolveName(path: string, from: string): string {
  return /^\.\.?\//.test(path) ? posix.join(posix.dirname(from), path) : path;
}

/** Possible names of the text template of an HTML template: first with another extension, then by authentik's rule. */
function textNames(name: string): string[] {
  return [...new Set([name.replace(/html$/, 'txt'), name.replaceAll('html', 'txt')])];
}

/** Whether a template can have the name: a relative path that stays in the folder, of at most 255 characters. */
export function isTemplateName(name: string): boolean {
  const parts = name.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\p{Cc}]/u.test(name);
  return !odd && name.length <= 255;
}

function checkName(name: string): void {
  if (!isTemplateName(name)) throw new TemplateError(name.slice(0, 255), 'the name leaves the folder of templates');
}

async function look(root: string, name: string, origin: TemplateFile['origin']): Promise<TemplateFile | undefined> {
  try {
    const path = await realpath(join(root, name));
    if (!path.startsWith(join(root, sep))) {
      throw new TemplateError(name, 'the file is a link that leaves the folder of templates');
    }
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const { size, mtimeMs, mtime: modified, ino } = found;
    return { name, origin, path, size, modified, version: `${mtimeMs} ${size} ${ino}` };
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(name, error);
  }
}

/** Codes of errors that persist until the file, its permissions or its name change. */
const persistentCodes = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EISDIR']);

/** Returns a TemplateError for a persistent error; temporary ones, such as too many open files, stay as they are. */
function unreadable(name: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!persistentCodes.has(code)) return error;
  return new TemplateError(name, `the file cannot be read (${code})`, undefined, { cause: error });
}
