import type { OutgoingResponse } from './http-request.js';

/** Returns the members of a JSON response; none if it is something else. */
export function jsonOf({ body }: Pick<OutgoingResponse, 'body'>): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Returns a value of JSON as text; empty if it is neither text nor a number. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
