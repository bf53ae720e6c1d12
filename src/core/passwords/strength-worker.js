import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** Readings of digits and signs as letters that are tried: each is another pass over the dictionaries. */
const l33tMaxSubstitutions = 10;

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, l33tMaxSubstitutions });

/**
 * Task of the pool in `password-strength.ts`. It is JavaScript, because tests run the sources and a worker does not
 * compile them.
 *
 * @param {{ password: string, personal: readonly string[] }} task
 * @returns {number} the score of zxcvbn, 0 to 4
 */
export default function score({ password, personal }) {
  return zxcvbn.check(password, [...personal]).score;
}
