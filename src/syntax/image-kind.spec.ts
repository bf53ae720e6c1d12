import { describe, expect, it } from 'vitest';

import { imageKindOf } from './image-kind.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('imageKindOf', () => {
  it.each([
    ['png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['jpg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['gif', 'GIF87a\x01\0'],
    ['gif', 'GIF89a\x01\0'],
    ['webp', 'RIFF\x24\0\0\0WEBPVP8 '],
    ['webp', 'RIFF\x24\0\0\0WEBPVP8L'],
    ['avif', '\0\0\0\x20ftypavif\0\0\0\0'],
    ['avif', '\0\0\0\x20ftypavis\0\0\0\0'],
  ])('detects %s by its first bytes: %j', (kind, start) => {
    expect(imageKindOf(latin1(start))).toBe(kind);
  });

  it.each([
    '',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?><svg/>',
    '<!doctype html><script>alert(1)</script>',
    'GIF90a',
    ' GIF89a',
    '\x89PNG',
    'RIFF\x24\0\0\0WAVEfmt ',
    '\0\0\0\x20ftypisom',
    '%PDF-1.7',
    'PK\x03\x04',
  ])('detects no image in %j', (start) => {
    expect(imageKindOf(latin1(start))).toBeUndefined();
  });
});
