import { createHash } from 'node:crypto';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { limits } from '../flows/transfer/limits.js';

/** A blueprint file and its current content. */
export interface BlueprintFile {
  /** Relative path with forward slashes, such as `default-recovery-flow.yaml`. */
  readonly path: string;
  readonly lastModified: Date;
  /** SHA-512 as hex. */
  readonly hash: string;
  readonly bytes: Buffer;
  /** Whether the file is part of the service. */
  readonly isShipped: boolean;
}

/** Folder of the blueprints that are part of the service. */
const shippedFolder = fileURLToPath(new URL('../../blueprints', import.meta.url));

/**
 * Reads blueprint files: the shipped ones and the operator's in BLUEPRINT_DIR. An operator's file overrides the shipped
 * file of the same path.
 */
@Injectable()
export class BlueprintFiles {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Returns all files, sorted by path. */
  async all(): Promise<BlueprintFile[]> {
    const files = new Map<string, BlueprintFile>();
    for (const [folder, isShipped] of this.folders()) {
      for (const path of await pathsIn(folder)) {
        const file = await read(folder, path, isShipped);
        if (file !== undefined) files.set(path, file);
      }
    }
    return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Returns the file with this path; undefined if there is none. */
  async find(path: string): Promise<BlueprintFile | undefined> {
    return (await this.all()).find((file) => file.path === path);
  }

  private folders(): [folder: string, isShipped: boolean][] {
    const { blueprintDir } = this.settings;
    return [[shippedFolder, true], ...(blueprintDir === undefined ? [] : [[blueprintDir, false] as [string, boolean]])];
  }
}

/** Returns the YAML files below a folder, without hidden files and folders. */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const paths = entries.map((entry) => entry.split(sep).join('/'));
  return paths.filter((path) => /\.ya?ml$/.test(path) && !/(^|\/)\./.test(path));
}

/** Reads a file. Symbolic links may point inside the folder only (Kubernetes mounts use such links). */
async function read(folder: string, path: string, isShipped: boolean): Promise<BlueprintFile | undefined> {
  const root = await realpath(folder);
  const target = await realpath(join(folder, path)).catch(() => undefined);
  if (target?.startsWith(root + sep) !== true) return undefined;
  const file = await open(target).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile()) return undefined;
    // Reads one byte more than the limit, so that the importer refuses files that are too large.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(status.size, limits.file + 1)), {
      position: 0,
    });
    const bytes = buffer.subarray(0, bytesRead);
    const hash = createHash('sha512').update(bytes).digest('hex');
    return { path, lastModified: status.mtime, hash, bytes, isShipped };
  } finally {
    await file.close();
  }
}
