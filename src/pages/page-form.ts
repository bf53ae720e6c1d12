import { Busboy } from '@fastify/busboy';

import { AppError } from '../rest/errors/app-error.js';
import { bodyLimit, type RequestBody } from '../rest/http/request-body.js';

/** A submitted form. */
export interface PageForm {
  /** CSRF token; proves that a page of this service made the form. */
  readonly csrf: string;
  /** Identifies the stage and the run that the form answers. */
  readonly step: string;
  /** The response for the executor: a text per field, files as data URIs. */
  readonly response: Readonly<Record<string, string>>;
}

/** Prefix of the form's own fields. Fields of prompt stages cannot collide with it. */
const prefix = 'page:';

/**
 * Parses a form. The last of several values counts, so that an unchecked box sends `false`.
 *
 * @param type the content type of the request
 * @throws AppError `malformedMultipart`, `unsupportedMediaType`
 */
export async function readPageForm(body: RequestBody, type: string): Promise<PageForm> {
  const entries = await entriesOf(body, type);
  const textOf = (name: string): string => entries.findLast(([key]) => key === prefix + name)?.[1] ?? '';
  const unlessEmpty = new Set(entries.filter(([name]) => name === `${prefix}unless-empty`).map(([, value]) => value));
  const response = new Map<string, string>();
  for (const [name, value] of entries) {
    if (name.startsWith(prefix)) continue;
    if (value === '' && unlessEmpty.has(name)) response.delete(name);
    else response.set(name, value);
  }
  return { csrf: textOf('csrf'), step: textOf('step'), response: Object.fromEntries(response) };
}

type Entry = readonly [name: string, value: string];

/** Limits that no valid form reaches. Names and values may be as long as bodies. */
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
    return Promise.resolve(fields.map(([name, value]) => [name, withUnixNewlines(value)]));
  }
  if (kind.trim() !== 'multipart/form-data') throw new AppError('unsupportedMediaType', type);
  return readParts(bytes, type);
}

/** Parses the parts in memory: bodies are limited before. */
function readParts(bytes: Buffer, type: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    const fail = (): void => reject(new AppError('malformedMultipart', 'it cannot be read'));
    try {
      const parser = new Busboy({ headers: { 'content-type': type }, limits });
      parser.on('field', (name, value) => entries.push([name, withUnixNewlines(value)]));
      parser.on('file', (name, content, filename, _, mime) => {
        // Reserves the position among the fields: files end later than they begin.
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

/** Replaces the CRLF that browsers send by LF. */
function withUnixNewlines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** Returns a data URI; an empty text if no file was chosen. */
function dataUri(content: Buffer, filename: string | undefined, mime: string): string {
  if ((filename ?? '') === '' && content.length === 0) return '';
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mime) ? mime : 'application/octet-stream';
  return `data:${type};base64,${content.toString('base64')}`;
}
