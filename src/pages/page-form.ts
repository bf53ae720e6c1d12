import { Busboy } from '@fastify/busboy';

import { AppError } from '../rest/errors/app-error.js';
import { bodyLimit, type RequestBody } from '../rest/http/request-body.js';

/** What came back from a form of a page. */
export interface PageForm {
  /** Shows that a page of ours made it. */
  readonly csrf: string;
  /** The stage and the run that it was made for. */
  readonly step: string;
  /** The answer, as the executor takes it: a text for each field, files as data URIs. */
  readonly answer: Readonly<Record<string, string>>;
}

/** Names of our own begin with this; what a field of an administrator is called is not ours. */
const own = 'page:';

/**
 * Reads a form. Of several values the last one counts, so that a box can say `false` unless it is ticked.
 *
 * @param type the media type that the request names
 * @throws AppError `malformedMultipart`, `unsupportedMediaType`
 */
export async function readPageForm(body: RequestBody, type: string): Promise<PageForm> {
  const entries = await entriesOf(body, type);
  const textOf = (name: string): string => entries.findLast(([key]) => key === own + name)?.[1] ?? '';
  const unlessEmpty = new Set(entries.filter(([name]) => name === `${own}unless-empty`).map(([, value]) => value));
  const answer = new Map<string, string>();
  for (const [name, value] of entries) {
    if (name.startsWith(own)) continue;
    if (value === '' && unlessEmpty.has(name)) answer.delete(name);
    else answer.set(name, value);
  }
  return { csrf: textOf('csrf'), step: textOf('step'), answer: Object.fromEntries(answer) };
}

type Entry = readonly [name: string, value: string];

/** More fields than any form has, and names and values as long as bodies may be. */
const limits = {
  fields: 500,
  files: 50,
  parts: 500,
  fieldNameSize: 500,
  fieldSize: bodyLimit,
  fileSize: bodyLimit,
  headerPairs: 20,
  headerSize: 8192,
};

function entriesOf({ bytes }: RequestBody, type: string): Promise<Entry[]> {
  if (bytes.length === 0) return Promise.resolve([]);
  const [kind = ''] = type.toLowerCase().split(';', 1);
  if (kind.trim() === 'application/x-www-form-urlencoded') {
    const fields = [...new URLSearchParams(bytes.toString())];
    if (fields.length > limits.fields) throw new AppError('malformedMultipart', 'too many fields');
    return Promise.resolve(fields.map(([name, value]) => [name, withPlainLines(value)]));
  }
  if (kind.trim() !== 'multipart/form-data') throw new AppError('unsupportedMediaType', type);
  return readParts(bytes, type);
}

/** The whole body is there already, and small: bodies are limited before they get here. */
function readParts(bytes: Buffer, type: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    const fail = (): void => reject(new AppError('malformedMultipart', 'it cannot be read'));
    try {
      const parser = new Busboy({ headers: { 'content-type': type }, limits });
      parser.on('field', (name, value) => entries.push([name, withPlainLines(value)]));
      parser.on('file', (name, content, filename, _, mime) => {
        // Its place among the fields is taken now: files end later than they begin.
        const place = entries.push([name, '']) - 1;
        const parts: Buffer[] = [];
        content.on('data', (part: Buffer) => parts.push(part)).on('error', fail);
        content.on('end', () => (entries[place] = [name, dataUri(Buffer.concat(parts), filename, mime)]));
      });
      for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) parser.on(limit, fail);
      parser.on('error', fail).on('finish', () => resolve(entries));
      parser.end(bytes);
    } catch {
      fail();
    }
  });
}

/** Browsers send the lines of a text with the line ends of old protocols. */
function withPlainLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Empty for a field that no file was chosen for. */
function dataUri(content: Buffer, filename: string | undefined, mime: string): string {
  if ((filename ?? '') === '' && content.length === 0) return '';
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mime) ? mime : 'application/octet-stream';
  return `data:${type};base64,${content.toString('base64')}`;
}
