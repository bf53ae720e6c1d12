const maxLength = 2000;

/**
 * Reads the footer of mails. `\n` begins a new line, for places where a variable has one line only.
 *
 * @throws Error whose message completes the name of a setting
 */
export function footerLines(text: string): string {
  const lines = text.replaceAll(/\\n|\r\n?/g, '\n').split('\n');
  const footer = lines.map((line) => line.trim()).join('\n');
  if (footer.length > maxLength) throw new Error(`must have at most ${maxLength} characters`);
  if (/[^\P{Cc}\n]/u.test(footer)) throw new Error('must not contain control characters apart from line breaks');
  return footer;
}
