import { describe, expect, it } from 'vitest';

import { RequestBody } from '../rest/http/request-body.js';
import { type PageForm, readPageForm } from './page-form.js';

const urlencoded = 'application/x-www-form-urlencoded';

function read(content: string | Buffer, type = urlencoded): Promise<PageForm> {
  return readPageForm(new RequestBody({} as never, Buffer.from(content)), type);
}

/** A form with files, as a browser sends it. */
async function multipart(
  entries: readonly [name: string, value: string | Blob, filename?: string][],
): Promise<PageForm> {
  const form = new FormData();
  for (const [name, value, filename] of entries) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, filename);
  }
  const sent = new Response(form);
  return read(Buffer.from(await sent.arrayBuffer()), sent.headers.get('content-type')!);
}

describe('A form of a page', () => {
  it('separates submitted values from the fields of the page', async () => {
    expect(await read('page%3Acsrf=a&page%3Astep=b&page%3Ausername=ada&name=Ada+L%C3%B6w&csrf=c')).toEqual({
      csrf: 'a',
      step: 'b',
      response: { name: 'Ada Löw', csrf: 'c' },
    });
  });

  it('sends false for an unchecked box and true for a checked one', async () => {
    expect((await read('terms=false&news=false&news=true')).response).toEqual({ terms: 'false', news: 'true' });
  });

  it('leaves out an empty number or date, but not an empty text', async () => {
    const { response } = await read('age=&page%3Aunless-empty=age&day=2026-01-02&page%3Aunless-empty=day&name=');
    expect(response).toEqual({ day: '2026-01-02', name: '' });
  });

  it('replaces CRLF by LF', async () => {
    expect((await read('text=one%0D%0Atwo')).response).toEqual({ text: 'one\ntwo' });
  });

  it('converts a file to a data URI and leaves out an empty file field', async () => {
    const picture = new Blob([Buffer.from([0, 255, 1])], { type: 'image/png' });
    const { response } = await multipart([
      ['picture', picture, 'me.png'],
      ['other', new Blob([]), ''],
      ['page:unless-empty', 'other'],
      ['name', 'Ada'],
    ]);
    expect(response).toEqual({ picture: 'data:image/png;base64,AP8B', name: 'Ada' });
  });

  it('drops a content type that could break out of a data URI', async () => {
    const file = new Blob(['x'], { type: 'text/html;base64,aGk=,' });
    const { response } = await multipart([['file', file, 'a.html']]);
    expect(response['file']).toMatch(/^data:[a-z/-]+;base64,eA==$/);
  });

  it('accepts field names that are properties of every object', async () => {
    const { response } = await read('__proto__=a&constructor=b');
    expect(Object.entries(response)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf(response)).toBe(Object.prototype);
  });

  it('may be empty', async () => {
    expect(await read('', '')).toEqual({ csrf: '', step: '', response: {} });
  });

  it.each(['application/json', 'text/plain', ''])('rejects the content type %j', async (type) => {
    await expect(read('{}', type)).rejects.toMatchObject({ code: 'unsupportedMediaType' });
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=x'])('rejects a malformed body: %s', async (type) => {
    await expect(read('--y\r\nbroken', type)).rejects.toMatchObject({ code: 'malformedMultipart' });
  });
});
