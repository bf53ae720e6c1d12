const day = 86_400;

/** Delays between the failed attempts of one caller. All times are in seconds. */
export interface BackOff {
  /** Failures without a delay. */
  readonly free: number;
  /** Delay after the last free failure; it doubles with each further one. */
  readonly first: number;
  /** Longest delay. */
  readonly most: number;
  /** Consecutive failures after which nothing is accepted until the count is forgotten. */
  readonly attempts: number;
  /** How long a count is remembered after its last failure: so long for each failure, up to a maximum. */
  readonly memory: { readonly perFailure: number; readonly most: number };
}

/**
 * Passwords (NIST SP 800-63B-4, 3.2.2): delays that grow from 30 seconds to an hour, and at most 100 consecutive
 * failures. Typing mistakes are free. The table holds at most one row and day for each failure, for any number of
 * names.
 */
export const passwordBackOff: BackOff = {
  free: 5,
  first: 30,
  most: 3600,
  attempts: 100,
  memory: { perFailure: day, most: 30 * day },
};

/** Codes: no delay is longer than a code lives, and 100 of a million codes are the most that can be tried in a day. */
export const codeBackOff: BackOff = {
  free: 20,
  first: 30,
  most: 600,
  attempts: 100,
  memory: { perFailure: day, most: day },
};
