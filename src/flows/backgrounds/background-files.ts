import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import type { ImageKind } from '../../syntax/image-kind.js';

/** Folder of uploads below the public files, and the names that flows store. */
const folderName = 'flow-backgrounds';
const storedName = new RegExp(`^${folderName}/([0-9a-f]{32}\\.(?:png|jpg|gif|webp|avif))$`);

/** Age in milliseconds after which an unreferenced file is deleted as the leftover of a crash. */
const orphanAgeMs = 3_600_000;

/**
 * Stores uploaded background images in DATA_DIR. A flow stores the name of its file. A file is written before a flow
 * refers to it, and deleted when no flow does.
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

  /** Stores an image under an unguessable name. @returns the name for the flow to store */
  async store(content: Buffer, kind: ImageKind): Promise<string> {
    const name = `${folderName}/${randomBytes(16).toString('hex')}.${kind}`;
    await mkdir(join(this.root, folderName), { recursive: true });
    await writeFile(join(this.root, name), content, { flag: 'wx', flush: true });
    return name;
  }

  /** Deletes the file of a flow, unless it is not an upload or another flow uses it. */
  async discard(stored: string): Promise<void> {
    if (!storedName.test(stored) || (await this.named([stored])).has(stored)) return;
    await unlink(join(this.root, stored)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** Returns the location of an uploaded file; undefined for a name that no upload can have. */
  find(file: string): { name: string; root: string; kind: ImageKind } | undefined {
    if (!storedName.test(`${folderName}/${file}`)) return undefined;
    return { name: file, root: join(this.root, folderName), kind: file.slice(file.indexOf('.') + 1) as ImageKind };
  }

  /** Deletes the leftovers of crashes. @returns the number of deleted files */
  private async purge(): Promise<number> {
    const files = await readdir(join(this.root, folderName)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const old: string[] = [];
    for (const stored of files.map((file) => `${folderName}/${file}`)) {
      if (storedName.test(stored) && (await this.age(stored)) > orphanAgeMs) old.push(stored);
    }
    const kept = await this.named(old);
    const abandoned = old.filter((stored) => !kept.has(stored));
    for (const stored of abandoned) await unlink(join(this.root, stored));
    return abandoned.length;
  }

  private async age(stored: string): Promise<number> {
    return Date.now() - (await stat(join(this.root, stored))).mtimeMs;
  }

  /** Returns those of the files that a flow uses. */
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
