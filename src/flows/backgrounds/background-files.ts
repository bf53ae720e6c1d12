import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import type { ImageKind } from './image-kind.js';

/** Where uploads stand below the folder of public files, and what a flow has stored of one. */
const folderName = 'flow-backgrounds';
const storedName = new RegExp(`^${folderName}/([0-9a-f]{32}\\.(?:png|jpg|gif|webp|avif))$`);

/** Milliseconds after which a file that no flow names is one that a crash has left behind. */
const abandonedAfter = 3_600_000;

/**
 * The images that were uploaded as backgrounds, in DATA_DIR. A flow stores the name of its file; a file is written
 * before a flow names it and deleted when none does any more.
 */
@Injectable()
export class BackgroundFiles {
  private readonly root: string;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    this.root = resolve(settings.dataDir, 'media', 'public');
    housekeeping.register('abandoned backgrounds', () => this.purge());
  }

  /** Keeps an image under a name that nobody can guess. @returns what a flow stores of it */
  async store(content: Buffer, kind: ImageKind): Promise<string> {
    const name = `${folderName}/${randomBytes(16).toString('hex')}.${kind}`;
    await mkdir(join(this.root, folderName), { recursive: true });
    await writeFile(join(this.root, name), content, { flag: 'wx', flush: true });
    return name;
  }

  /** Deletes the file that a flow has named, unless it is no upload or another flow names it. */
  async discard(stored: string): Promise<void> {
    if (!storedName.test(stored) || (await this.named([stored])).has(stored)) return;
    await unlink(join(this.root, stored)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** Where the file with this name stands, for the answer to its address; undefined for a name that none can have. */
  find(file: string): { name: string; root: string; kind: ImageKind } | undefined {
    if (!storedName.test(`${folderName}/${file}`)) return undefined;
    return { name: file, root: join(this.root, folderName), kind: file.slice(file.indexOf('.') + 1) as ImageKind };
  }

  /** Deletes what crashes have left behind. @returns how many files */
  private async purge(): Promise<number> {
    const files = await readdir(join(this.root, folderName)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const old: string[] = [];
    for (const stored of files.map((file) => `${folderName}/${file}`)) {
      if (storedName.test(stored) && (await this.age(stored)) > abandonedAfter) old.push(stored);
    }
    const kept = await this.named(old);
    const abandoned = old.filter((stored) => !kept.has(stored));
    for (const stored of abandoned) await unlink(join(this.root, stored));
    return abandoned.length;
  }

  private async age(stored: string): Promise<number> {
    return Date.now() - (await stat(join(this.root, stored))).mtimeMs;
  }

  /** Those of the files that a flow names. */
  private async named(stored: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ background: string }[]>(
      'select background from "flow" where background = any($1)',
      [stored],
    );
    return new Set(rows.map(({ background }) => background));
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
