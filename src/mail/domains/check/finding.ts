/** What a finding is about, in the order of a report. */
export const findingChecks = ['domain', 'mx', 'spf', 'dkim', 'dmarc'] as const;

/** `error`: receivers reject mails or treat them as spam · `unknown`: no name server has answered. */
export const findingLevels = ['ok', 'warning', 'error', 'unknown'] as const;

/** One result of a check of a sender's domain. */
export interface Finding {
  readonly check: (typeof findingChecks)[number];
  readonly level: (typeof findingLevels)[number];
  /** One sentence: what is the case, and what to do. */
  readonly message: string;
}

/** Returns a function that makes findings of one check. */
export function findingsOf(check: Finding['check']): (level: Finding['level'], message: string) => Finding {
  return (level, message) => ({ check, level, message });
}
