import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/**
 * Characters that are looked at. The work grows with the square of the length; whatever is still unpredictable after
 * these is strong enough for every score.
 */
const longest = 50;

/** Ways to read digits and signs as letters that are tried: each is another pass over the dictionaries. */
const l33tReadings = 10;

let estimator: ZxcvbnFactory | undefined;

/** Built with the first password: the dictionaries take some 150 ms and 6 MB, and most processes never need them. */
function zxcvbn(): ZxcvbnFactory {
  return (estimator ??= new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: l33tReadings,
  }));
}

/**
 * How hard a password is to guess, as zxcvbn scores it: 0 (fewer than 1,000 guesses) to 4 (more than 10,000 million).
 *
 * @param personal words that are easily guessed for this user
 */
export function passwordStrength(password: string, personal: readonly string[] = []): number {
  const start = Array.from(password.slice(0, 2 * longest))
    .slice(0, longest)
    .join('');
  return zxcvbn().check(start, [...personal]).score;
}

let common: ReadonlySet<string> | undefined;

/** Whether this is one of the 10,000 passwords that are used most, in any letter case. */
export function isCommonPassword(password: string): boolean {
  common ??= new Set(dictionary['passwords-common'].slice(0, 10_000));
  return common.has(password.normalize('NFKC').toLowerCase());
}
