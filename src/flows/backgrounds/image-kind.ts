/** An image that browsers show and that cannot do anything; SVG is none of these, it may hold scripts. */
export type ImageKind = 'png' | 'jpg' | 'gif' | 'webp' | 'avif';

export const imageTypes: Readonly<Record<ImageKind, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
};

/** What each kind has at which place. */
const marks: readonly (readonly [kind: ImageKind, ...(readonly [offset: number, bytes: RegExp])[]])[] = [
  ['png', [0, /^\x89PNG\r\n\x1a\n/]],
  ['jpg', [0, /^\xff\xd8\xff/]],
  ['gif', [0, /^GIF8[79]a/]],
  ['webp', [0, /^RIFF/], [8, /^WEBPVP8[ LX]/]],
  ['avif', [4, /^ftypavi[fs]/]],
];

/** What kind of image this is by its first bytes, whatever its name or type claim; undefined if it is none. */
export function imageKindOf(content: Uint8Array): ImageKind | undefined {
  const start = Buffer.from(content.subarray(0, 32)).toString('latin1');
  return marks.find(([, ...places]) => places.every(([offset, bytes]) => bytes.test(start.slice(offset))))?.[0];
}
