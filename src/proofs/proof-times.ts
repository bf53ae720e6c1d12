/** Minutes that a link is valid beyond what its mail states, for the delivery of the mail. */
const graceMinutes = 1;

/** Maximum validity of a code in minutes (OWASP ASVS 5.0, 6.5.5). */
const maxCodeMinutes = 10;

/** Returns the validity of a link in minutes, including the grace time. @param expiry minutes that the mail states */
export function linkMinutesOf(expiry: number): number {
  return expiry + graceMinutes;
}

/** Returns the validity of a code in minutes, which is never longer than that of the link. */
export function codeMinutesOf(expiry: number): number {
  return Math.min(maxCodeMinutes, expiry);
}

/** Returns the expiry that a mail states, ISO 8601. @param expires of the link */
export function statedIn(expires: Date): string {
  return new Date(expires.getTime() - graceMinutes * 60_000).toISOString();
}
