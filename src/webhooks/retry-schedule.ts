/** Seconds until the next attempt after the first, second, ... failed one; the last value repeats. */
const delays = [5, 30, 120, 600, 1800, 3600, 7200, 14_400];

/** Seconds after which a delivery fails. */
const maxAgeSeconds = 24 * 3600;

/**
 * Returns the seconds until the next attempt: 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h and then every 4 h, with 20 % jitter,
 * for a day; undefined if there is no further attempt.
 *
 * @param failures failed attempts, from 1
 * @param age seconds since the first attempt
 * @param random from 0 to 1
 */
export function secondsToNextAttempt(failures: number, age: number, random: number): number | undefined {
  const seconds = (delays[Math.min(failures, delays.length) - 1] ?? 0) * (0.8 + 0.4 * random);
  return age + seconds < maxAgeSeconds ? seconds : undefined;
}
