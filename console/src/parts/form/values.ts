/** The values of a form by field. */
export type Values = Readonly<Record<string, unknown>>;

/** Fields of the API that have no effect, or that other objects decide. */
export const neverShown = ['captcha_stage', 'flow_set', 'promptstage_set', 'show_source_labels', 'sources'];

/** What was typed cannot be sent. */
export class Unread {
  constructor(readonly reason: string) {}
}

/** Returns a time as `datetime-local` has it: in the visitor's zone, to the minute. */
export function localTime(value: unknown): string {
  if (typeof value !== 'string') return '';
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Returns a value of an input as text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Whether two values are the same to the service. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
