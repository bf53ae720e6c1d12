const hours: Readonly<Record<string, number>> = { hour: 1, day: 24, week: 168 };

/** Returns the time before which mails are not listed; undefined for any time. */
export function startOfTime(since: string | undefined): string | undefined {
  const length = hours[since ?? ''];
  return length === undefined ? undefined : new Date(Date.now() - length * 3_600_000).toISOString();
}
