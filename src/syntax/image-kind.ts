/** Image formats that browsers show and that cannot contain scripts; this excludes SVG. */
export type ImageKind = 'png' | 'jpg' | 'gif' | 'webp' | 'avif';

export const imageTypes: Readonly<Record<ImageKind, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
};

/** Signature of each format: byte patterns and their offsets. */
const signatures: readonly (readonly [kind: ImageKind, ...(readonly [offset: number, bytes: RegExp])[]])[] = [
  ['png', [0, /^\x89PNG\r\n\x1a\n/]],
  ['jpg', [0, /^\xff\xd8\xff/]],
  ['gif', [0, /^GIF8[79]a/]],
  ['webp', [0, /^RIFF/], [8, /^WEBPVP8[ LX]/]],
  ['avif', [4, /^ftypavi[fs]/]],
];

/** Detects the image format by its first bytes, not by name or content type; undefined if unknown. */
export function imageKindOf(content: Uint8Array): ImageKind | undefined {
  const start = Buffer.from(content.subarray(0, 32)).toString('latin1');
  return signatures.find(([, ...places]) => places.every(([offset, bytes]) => bytes.test(start.slice(offset))))?.[0];
}
