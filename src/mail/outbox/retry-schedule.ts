import type { MailMessage } from './mail-message.entity.js';

/** Seconds until the next attempt after the first, second, ... failed one; the last value repeats. */
const delays = [10, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800];

/** Seconds after which a message fails. */
const maxAgeSeconds = 24 * 3600;

type ScheduleColumn = 'attempts' | 'earlierAttempts' | 'queued' | 'deadline';

/**
 * Returns the time of the next attempt: after 10 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h and then every 8 h, with
 * 20 % jitter, for a day and never after `deadline`. A requeued message starts over.
 *
 * @param random from 0 to 1
 * @param least seconds that the server wants to be left alone
 * @returns undefined if there is no further attempt
 */
export function nextAttempt(
  { attempts, earlierAttempts, queued, deadline }: Pick<MailMessage, ScheduleColumn>,
  now: Date,
  random: number,
  least = 0,
): Date | undefined {
  const delay = delays[Math.min(attempts - earlierAttempts, delays.length) - 1] ?? 0;
  const next = new Date(now.getTime() + 1000 * Math.max(delay * (0.8 + 0.4 * random), least));
  const last = Math.min(queued.getTime() + maxAgeSeconds * 1000, deadline?.getTime() ?? Number.POSITIVE_INFINITY);
  return next.getTime() < last ? next : undefined;
}
