/**
 * The refusal of an attempt that comes too early.
 *
 * @param wait seconds until the next one is allowed; rounded up to minutes
 */
export function tooManyAttempts(wait: number): string {
  const minutes = Math.max(1, Math.ceil(wait / 60));
  return `Too many attempts. Please try again after ${minutes} minute${minutes === 1 ? '' : 's'}.`;
}
