import { isRecord, SafeText } from './values.js';

/** Formats a value as Python's `repr`. */
export function reprOf(value: unknown): string {
  if (value instanceof SafeText) return reprOf(value.text);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const signs: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
    return (
      quote + value.replace(/[\n\r\t\\]|'/g, (sign) => signs[sign] ?? (sign === quote ? `\\${sign}` : sign)) + quote
    );
  }
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(reprOf).join(', ')}]`;
  if (!isRecord(value)) return typeof value === 'number' ? String(value) : '';
  return `{${Object.entries(value)
    .map(([key, item]) => `${reprOf(key)}: ${reprOf(item)}`)
    .join(', ')}}`;
}

/** Formats a value as Python's `json.dumps`: a blank after each comma and colon, ASCII only. */
export function pythonJson(value: unknown): string {
  if (value instanceof SafeText) return pythonJson(value.text);
  if (value instanceof Date) return pythonJson(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (isRecord(value)) {
    const members = Object.entries(value).map(([key, item]) => `${pythonJson(key)}: ${pythonJson(item)}`);
    return `{${members.join(', ')}}`;
  }
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return JSON.stringify(isPlain ? value : null).replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
