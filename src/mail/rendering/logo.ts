import { readTemplate, type TemplateFile, type TemplateFiles } from '../../templating/template-files.js';
import { limits } from './limits.js';

/** An inline image of a mail. */
export interface MailAttachment {
  /** Content-ID without angle brackets. */
  cid: string;
  filename: string;
  contentType: string;
  content: Buffer;
}

/** Path of the logo. A file with this path in EMAIL_TEMPLATE_DIR replaces the shipped one. */
const logoName = 'email/logo.png';

/** Supported formats by signature. Most mail clients do not display others, such as SVG. */
const formats = [
  { contentType: 'image/png', extension: 'png', signature: '89504e470d0a1a0a' },
  { contentType: 'image/jpeg', extension: 'jpg', signature: 'ffd8ff' },
  { contentType: 'image/gif', extension: 'gif', signature: '47494638' },
] as const;

/** Reads and caches the logo, until its file changes. */
export class Logo {
  private cached: { readonly version: string; readonly content: Buffer } | undefined;

  /**
   * Returns an attachment for each Content-ID of the logo in the HTML: `cid:logo`, or authentik's `cid:logo.png`.
   *
   * @param warn receives a warning if the logo is unusable
   * @throws TemplateError if the file cannot be read
   */
  async attachments(html: string, files: TemplateFiles, warn: (message: string) => void): Promise<MailAttachment[]> {
    const cids = ['logo', 'logo.png'].filter((cid) => new RegExp(`cid:${cid}(?![\\w.-])`, 'i').test(html));
    if (cids.length === 0) return [];
    const file = await files.find(logoName);
    const content = file === undefined ? undefined : await this.contentOf(file);
    const format = formats.find(
      ({ signature }) => content?.subarray(0, signature.length / 2).toString('hex') === signature,
    );
    if (file === undefined || content === undefined || format === undefined) {
      warn(`${logoName} is not a PNG, JPEG or GIF of at most ${limits.logo} bytes and is omitted`);
      return [];
    }
    return cids.map((cid) => ({ cid, filename: `logo.${format.extension}`, contentType: format.contentType, content }));
  }

  private async contentOf(file: TemplateFile): Promise<Buffer | undefined> {
    if (file.size > limits.logo) return undefined;
    const version = `${file.path} ${file.version}`;
    if (this.cached?.version !== version) this.cached = { version, content: await readTemplate(file) };
    return this.cached.content;
  }
}
