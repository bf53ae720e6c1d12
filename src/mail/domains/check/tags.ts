/** Returns the tags of a DKIM or DMARC record by name (RFC 6376, 3.2); undefined if it is not a list of tags. */
export function readTags(record: string): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  for (const part of record.replace(/;\s*$/, '').split(';')) {
    const [, name, value = ''] = /^\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*$/is.exec(part) ?? [];
    if (name === undefined) return undefined;
    tags.set(name.toLowerCase(), value);
  }
  return tags;
}
