/**
 * Reads a UUID in any spelling that the reference takes: either case, with or without hyphens, in braces, as
 * `urn:uuid:`.
 *
 * @returns the lower-case hyphenated form, or undefined for other texts
 */
export function parseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const digits = value
    .replace(/^urn:/i, '')
    .replace(/^uuid:/i, '')
    .replace(/^\{+|\}+$/g, '')
    .replaceAll('-', '')
    .toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
