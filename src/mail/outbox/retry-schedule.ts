import type { MailMessage } from './mail-message.entity.js';

/** Seconds until the next try, after the first, the second ... failed one. */
const delays = [10, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800];

/** Seconds after which a message is given up. */
const giveUpAfter = 24 * 3600;

type ScheduleColumn = 'attempts' | 'earlierAttempts' | 'queued' | 'deadline';

/**
 * When to try again, by how often it was tried: after 10 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h and then every
 * 8 h, each up to a fifth earlier or later so that messages which failed together do not come back together, for a day,
 * and never beyond `deadline`. One that somebody had sent again begins anew.
 *
 * @param random from 0 to 1
 * @returns undefined if it is not worth another try
 */
export function nextAttempt(
  { attempts, earlierAttempts, queued, deadline }: Pick<MailMessage, ScheduleColumn>,
  now: Date,
  random: number,
): Date | undefined {
  const delay = delays[Math.min(attempts - earlierAttempts, delays.length) - 1] ?? 0;
  const next = new Date(now.getTime() + delay * 1000 * (0.8 + 0.4 * random));
  const last = Math.min(queued.getTime() + giveUpAfter * 1000, deadline?.getTime() ?? Number.POSITIVE_INFINITY);
  return next.getTime() < last ? next : undefined;
}
