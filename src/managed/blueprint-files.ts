import { createHash } from 'node:crypto';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { limits } from '../flows/transfer/limits.js';

/** A file of blueprints, as it is now. */
export interface BlueprintFile {
  /** Below its folder, with slashes: `default-recovery-flow.yaml`. */
  readonly path: string;
  readonly lastModified: Date;
  /** SHA-512, in hexadecimal digits. */
  readonly hash: string;
  readonly bytes: Buffer;
  /** Whether it came with the service. */
  readonly isShipped: boolean;
}

/** The files that come with the service, beside its code. */
const shippedFolder = fileURLToPath(new URL('../../blueprints', import.meta.url));

/**
 * The files of blueprints: those that come with the service, and the operator's own in BLUEPRINT_DIR. One of the
 * operator's with the path of a shipped one stands in its place.
 */
@Injectable()
export class BlueprintFiles {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** Every file, by path. */
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

  /** The file with this path; undefined if it is none of ours. */
  async find(path: string): Promise<BlueprintFile | undefined> {
    return (await this.all()).find((file) => file.path === path);
  }

  private folders(): [folder: string, isShipped: boolean][] {
    const { blueprintDir } = this.settings;
    return [[shippedFolder, true], ...(blueprintDir === undefined ? [] : [[blueprintDir, false] as [string, boolean]])];
  }
}

/** The YAML files in a folder and below it; what begins with a dot is none of ours. */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const paths = entries.map((entry) => entry.split(sep).join('/'));
  return paths.filter((path) => /\.ya?ml$/.test(path) && !/(^|\/)\./.test(path));
}

/** A link may lead to another place in the folder, as those of Kubernetes do, and to no other. */
async function read(folder: string, path: string, isShipped: boolean): Promise<BlueprintFile | undefined> {
  const root = await realpath(folder);
  const target = await realpath(join(folder, path)).catch(() => undefined);
  if (target?.startsWith(root + sep) !== true) return undefined;
  const file = await open(target).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile()) return undefined;
    // One byte more than may be imported is enough for the importer to refuse it.
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
