import { Piscina } from 'piscina';

import { AppError } from '../../rest/errors/app-error.js';

/**
 * Scores how hard a password is to guess, as zxcvbn does: 0 (fewer than 1,000 guesses) to 4 (more than 10,000 million).
 *
 * @param personal words that are easily guessed for this user
 */
export type StrengthMeter = (password: string, personal: readonly string[]) => Promise<number>;

/** Characters that zxcvbn looks at in one call: its work grows with more than their square. */
const longest = 50;

/** The best score. */
const strongest = 4;

/** Checks that wait at most; each takes up to 25 ms. */
const maxQueue = 100;

/**
 * One thread for all checks, because one of them may keep a processor busy for 25 ms. It starts with the first check,
 * when it loads 6 MB of dictionaries, and is kept.
 */
const pool = new Piscina({
  filename: new URL('strength-worker.js', import.meta.url).href,
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: Infinity,
});

/**
 * Meter in another thread. Of a longer password it looks at the first 50 characters and at the last 50: the whole is at
 * least as hard to guess as either part.
 *
 * @throws AppError `overloaded` if too many checks wait
 */
export const passwordStrength: StrengthMeter = async (password, personal) => {
  const characters = Array.from(password);
  const start = await scoreOf(characters.slice(0, longest).join(''), personal);
  if (characters.length <= longest || start === strongest) return start;
  return Math.max(start, await scoreOf(characters.slice(-longest).join(''), personal));
};

function scoreOf(password: string, personal: readonly string[]): Promise<number> {
  if (pool.queueSize >= maxQueue) throw new AppError('overloaded');
  return pool.run({ password, personal }) as Promise<number>;
}
