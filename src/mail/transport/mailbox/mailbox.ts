import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../../config/settings.js';
import { Housekeeping } from '../../../database/housekeeping.js';
import { compose } from '../composition.js';
import type { OutgoingMail } from '../outgoing-mail.js';
import { mailProblem } from '../validation.js';

/** A mail in the mailbox. */
export interface KeptMail {
  readonly pk: string;
  readonly kept: Date;
}

/** A mail in the mailbox with its source. */
export interface FoundMail extends KeptMail {
  readonly source: Buffer;
}

/**
 * The local mailbox, which receives mails while no mail server is configured. Each mail is a file
 * `<pk>.eml` in `mailbox/` below DATA_DIR with the complete message, including valid links. Workers and processes that
 * serve the pages must share that folder.
 */
@Injectable()
export class Mailbox {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old mails in the local mailbox', () => this.purge(settings.mailRetention));
  }

  /**
   * Stores a mail atomically; replaces one with the same key.
   *
   * @returns the `mailProblem` of an invalid mail, which is not stored; undefined on success
   */
  async keep(mail: OutgoingMail): Promise<string | undefined> {
    const problem = mailProblem(mail);
    if (problem !== undefined) return problem;
    const { raw } = compose(mail);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = join(this.folder, `${mail.pk}.draft`);
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(raw);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.pathOf(mail.pk));
    return undefined;
  }

  /** Returns all mails, newest first. */
  async list(): Promise<KeptMail[]> {
    const names = (await readdir(this.folder).catch(ifMissing([]))).filter((name) => /^[0-9a-f-]{36}\.eml$/.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const pk = name.slice(0, -'.eml'.length);
        const kept = await this.keptAt(pk);
        return kept === undefined ? [] : [{ pk, kept }];
      }),
    );
    return found.flat().sort((a, b) => b.kept.getTime() - a.kept.getTime());
  }

  /** Returns a text that changes when mails are added or deleted. */
  async version(): Promise<string> {
    const mails = await this.list();
    const hash = createHash('sha256').update(mails.map(({ pk, kept }) => `${pk} ${kept.getTime()}`).join());
    return hash.digest('base64url').slice(0, 16);
  }

  /** Deletes all mails. */
  async clear(): Promise<void> {
    for (const { pk } of await this.list()) await rm(this.pathOf(pk), { force: true });
  }

  /** Returns a mail with its source; undefined if there is none. @param pk must be a UUID */
  async find(pk: string): Promise<FoundMail | undefined> {
    const kept = await this.keptAt(pk);
    const source = await readFile(this.pathOf(pk)).catch(ifMissing(undefined));
    return kept === undefined || source === undefined ? undefined : { pk, kept, source };
  }

  /** Deletes mails that are older than `days`. @returns the number deleted */
  private async purge(days: number): Promise<number> {
    const limit = Date.now() - days * 24 * 3600 * 1000;
    const old = (await this.list()).filter(({ kept }) => kept.getTime() < limit);
    for (const { pk } of old) await rm(this.pathOf(pk), { force: true });
    return old.length;
  }

  private async keptAt(pk: string): Promise<Date | undefined> {
    return stat(this.pathOf(pk)).then(({ mtime }) => mtime, ifMissing(undefined));
  }

  private pathOf(pk: string): string {
    return join(this.folder, `${pk}.eml`);
  }

  private get folder(): string {
    return join(this.settings.dataDir, 'mailbox');
  }
}

/** Returns an error handler that replaces ENOENT with `value`. */
function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
