import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { compose } from '../transport/composition.js';
import type { OutgoingMail } from '../transport/outgoing-mail.js';
import { mailProblem } from '../transport/validation.js';

/** A mail in the mailbox. */
export interface KeptMail {
  readonly pk: string;
  readonly kept: Date;
}

/** A mail in the mailbox, with what it is. */
export interface FoundMail extends KeptMail {
  readonly source: Buffer;
}

/**
 * The local mailbox: where mails go while there is no mail server (EMAIL_HOST). Each is a file `<pk>.eml` in
 * `mailbox/` below DATA_DIR, with all that a server would have been given; so it holds links that work. Processes that
 * are workers and processes that serve the pages find each other's mails if they share that folder.
 */
@Injectable()
export class Mailbox {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old mails in the local mailbox', () => this.purge(settings.mailRetention));
  }

  /** Whether mails for the service's own server come here. */
  get isInUse(): boolean {
    return this.settings.emailHost === undefined;
  }

  /**
   * Keeps a mail; one with the same key is replaced. There is the whole file or none, also after a crash.
   *
   * @returns why no server would take the mail, so that it is not kept either; undefined if it is kept
   */
  async keep(pk: string, mail: OutgoingMail): Promise<string | undefined> {
    const reason = mailProblem(mail);
    if (reason !== undefined) return reason;
    const { raw } = compose(mail);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = join(this.folder, `${pk}.draft`);
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(raw);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.pathOf(pk));
    return undefined;
  }

  /** Every mail there is, the newest first. */
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

  /** A mail with its source; undefined if there is none. `pk` is a UUID. */
  async find(pk: string): Promise<FoundMail | undefined> {
    const kept = await this.keptAt(pk);
    const source = await readFile(this.pathOf(pk)).catch(ifMissing(undefined));
    return kept === undefined || source === undefined ? undefined : { pk, kept, source };
  }

  /** Deletes mails that are older than `days`. @returns how many */
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

/** Takes a file or folder that is not there for `value`. */
function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
