import { type ImageKind, imageKindOf } from './image-kind.js';

/** Largest image that is part of a mail, in bytes. */
export const maxMailImage = 256 * 1024;

/** Formats that mail programs show. Most show no others, such as SVG. */
const mailFormats: readonly ImageKind[] = ['png', 'jpg', 'gif'];

/** Returns the format of an image that mails can contain; undefined if they cannot. */
export function mailImageKindOf(content: Uint8Array): ImageKind | undefined {
  const kind = content.length > maxMailImage ? undefined : imageKindOf(content);
  return kind !== undefined && mailFormats.includes(kind) ? kind : undefined;
}
