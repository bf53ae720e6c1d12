/**
 * Returns the first `length` UTF-16 units of a text, without half a surrogate pair at the end: PostgreSQL refuses such JSON.
 */
export function truncated(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
