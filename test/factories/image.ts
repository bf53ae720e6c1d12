/** Minimal files with the signature of each image format. */
export const images: Readonly<Record<'png' | 'jpg' | 'gif' | 'webp' | 'avif', Buffer>> = {
  png: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  jpg: Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF', 'latin1'),
  gif: Buffer.from('GIF89a\x01\0\x01\0', 'latin1'),
  webp: Buffer.from('RIFF\x24\0\0\0WEBPVP8 ', 'latin1'),
  avif: Buffer.from('\0\0\0\x20ftypavif\0\0\0\0', 'latin1'),
};

/** Returns a form with a file and further fields. */
export function formWith(file: string | Uint8Array | undefined, fields: Record<string, string> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (file !== undefined) form.set('file', new Blob([new Uint8Array(Buffer.from(file))]), 'file');
  return form;
}
