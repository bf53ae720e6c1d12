import { crc32 } from 'node:zlib';

import { type Accent, mixHex } from '../../templating/accent.js';

/** Red of the colour that the shipped logo has in its file. */
const shippedRed = 0x24;

/**
 * Returns the shipped logo in other colours. Its palette (PNG, 11.2.2) has shades from its ground to the white sign, so only
 * the palette changes.
 */
export function withColours(png: Buffer, { fill, onFill }: Accent): Buffer {
  const copy = Buffer.from(png);
  const type = copy.indexOf('PLTE');
  const start = type + 4;
  const end = start + copy.readUInt32BE(type - 4);
  for (let at = start; at < end; at += 3) {
    const share = (copy.readUInt8(at) - shippedRed) / (255 - shippedRed);
    copy.write(mixHex(fill, onFill, share).slice(1), at, 'hex');
  }
  copy.writeUInt32BE(crc32(copy.subarray(type, end)), end);
  return copy;
}
