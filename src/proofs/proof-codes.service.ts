import { Injectable } from '@nestjs/common';

import { isLocked } from '../core/limits/guess-limits.service.js';
import { DatabaseClock } from '../database/database-clock.js';
import { isOneTimeCode } from '../database/link-secret.js';
import { SecretBox } from '../database/secret-box.js';
import { asciiDigits } from '../rest/fields/coercions.js';
import { type ProofClient, ProofLimits, type ProofRecipient } from './proof-limits.service.js';

/** How long guesses are counted, in seconds: beyond the expiry of the mail, up to the maximum of a limit. */
const guessMemory = { extra: 3600, max: 315_360_000 };

/** A code that was entered. */
export interface CodeAttempt {
  /** As the visitor typed it. */
  readonly code: string;
  /** The mail that the code must be from; undefined if none was sent. */
  readonly mail: MailedCode | undefined;
  /** Key of what the code is for, such as a run, which may send several mails. */
  readonly run: string;
  readonly recipient: ProofRecipient;
  readonly client: ProofClient;
  /** Validity of the link in the mail, in seconds. */
  readonly seconds: number;
  /** Called when the guesses of the account are limited. */
  readonly onLocked?: () => Promise<void>;
  /** Spends the proof in one statement with all its conditions. @returns false if it is not valid, or another request was faster */
  readonly spend: () => Promise<boolean>;
}

/** A code in a mail. */
export interface MailedCode {
  /** The key that the code is derived from. */
  readonly key: string;
  /** What its guesses are counted by: the mail, or what several mails are for. */
  readonly counter: string;
  /** Expiry in milliseconds since 1970. */
  readonly expires: number;
}

/**
 * The result of checking a code. `limited`: not checked, with the wait in seconds. `exhausted`: the guesses of the mail or of
 * the run are used up.
 */
export type CodeCheck =
  | { readonly kind: 'right' | 'malformed' | 'wrong' | 'expired' }
  | { readonly kind: 'limited'; readonly wait: number }
  | { readonly kind: 'exhausted'; readonly by: 'mail' | 'run' };

/** Checks the codes of mails. What they prove is up to the holder, which spends the proof. */
@Injectable()
export class ProofCodes {
  constructor(
    private readonly limits: ProofLimits,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
  ) {}

  /** Counts and verifies a code, and spends the proof if the code is right. */
  async check({ code, mail, run, recipient, client, ...attempt }: CodeAttempt): Promise<CodeCheck> {
    const digits = asciiDigits(code).replace(/[\s-]/g, '');
    if (!/^\d{6}$/.test(digits)) return { kind: 'malformed' };
    if (mail === undefined) return { kind: 'wrong' };
    // Counted before verification, in statements of their own: concurrent guesses cannot outrun the limit.
    const span = Math.min(Math.max(attempt.seconds, 0) + guessMemory.extra, guessMemory.max);
    const verdict = await this.limits.countCode(mail.counter, run, recipient, client, span);
    if (verdict.kind === 'exhausted') return verdict;
    if (isLocked(verdict)) await attempt.onLocked?.();
    if (verdict.kind === 'limited') return { kind: 'limited', wait: verdict.wait };
    const isRight = isOneTimeCode(digits, mail.key, this.secrets);
    // Decided by the mail alone, so that known and unknown users get the same result at the same time.
    if (mail.expires <= this.clock.now()) return { kind: 'expired' };
    if (verdict.kind === 'suppressed' || !isRight || !(await attempt.spend())) return { kind: 'wrong' };
    await this.limits.codeSucceeded(recipient, client);
    return { kind: 'right' };
  }
}
