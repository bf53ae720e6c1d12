/** Maximum number of characters of a sanitized text. */
const maxTextLength = 500;

/**
 * Makes text from a server safe to store and display: one line, without control, format and separator characters (they
 * can hide or reorder text) and without halves of characters, truncated to 500 characters.
 */
export function sanitize(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return (line.length > maxTextLength ? `${line.slice(0, maxTextLength - 1)}…` : line).toWellFormed();
}
