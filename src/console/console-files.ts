import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import { Injectable } from '@nestjs/common';

/** Where `npm run build:console` puts the console: the same place from the sources and from the build. */
const siteFolder = new URL('../../dist/console/site/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** How files are compressed by the build, the smallest first: the coding and the end of the name. */
const codings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** A file of the console as it is sent. */
interface ConsoleFile {
  readonly content: Buffer;
  readonly type: string;
  readonly coding: string | undefined;
}

/** The files of the built console. A request only chooses among the names that exist, so no path leads elsewhere. */
@Injectable()
export class ConsoleFiles {
  private names: Promise<ReadonlySet<string>> | undefined;

  /** Returns the page with all addresses of the console; undefined if the console is not built. */
  async page(): Promise<string | undefined> {
    const isBuilt = (await this.list()).has('index.html');
    return isBuilt ? readFile(new URL('index.html', siteFolder), 'utf8') : undefined;
  }

  /** @param accepts whether the client takes a coding */
  async find(name: string, accepts: (coding: string) => boolean): Promise<ConsoleFile | undefined> {
    const names = await this.list();
    const type = types[extname(name)];
    if (!names.has(name) || type === undefined) return undefined;
    const [coding, end] = codings.find(([known, suffix]) => accepts(known) && names.has(name + suffix)) ?? [];
    return { content: await readFile(new URL(name + (end ?? ''), siteFolder)), type, coding };
  }

  private async list(): Promise<ReadonlySet<string>> {
    this.names ??= readdir(siteFolder, { recursive: true }).then(
      (names) => new Set(names.map((name) => name.replaceAll('\\', '/'))),
    );
    try {
      return await this.names;
    } catch {
      // Looked for again by the next request: it may have been built by then.
      this.names = undefined;
      return new Set();
    }
  }
}
