const hours: Readonly<Record<string, number>> = { hour: 1, day: 24, week: 168, month: 720 };

/** Returns the start of a period up to now, such as `week`; undefined for any time. */
export function startOfTime(since: string | undefined): string | undefined {
  const length = hours[since ?? ''];
  return length === undefined ? undefined : new Date(Date.now() - length * 3_600_000).toISOString();
}
