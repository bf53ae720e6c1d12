import { readTemplate, type TemplateFile, type TemplateFiles } from '../../templating/template-files.js';
import { limits } from './limits.js';

/** An image that is a part of the mail. */
export interface MailAttachment {
  /** Content-ID, without its brackets. */
  cid: string;
  filename: string;
  contentType: string;
  content: Buffer;
}

/** The logo. A file of this name in the administrator's folder replaces ours. */
const logoName = 'email/logo.png';

/** What images begin with. Others, SVG among them, are not shown by most mail programs. */
const kinds = [
  { contentType: 'image/png', extension: 'png', start: '89504e470d0a1a0a' },
  { contentType: 'image/jpeg', extension: 'jpg', start: 'ffd8ff' },
  { contentType: 'image/gif', extension: 'gif', start: '47494638' },
] as const;

/** Reads the logo, again only when its file has changed. */
export class Logo {
  private known: { readonly version: string; readonly content: Buffer } | undefined;

  /**
   * The logo as parts of the mail, one for each name that the HTML calls it by: `cid:logo`, or `cid:logo.png` as
   * authentik has it.
   *
   * @param warn is told of a logo that cannot be used
   * @throws TemplateError if it cannot be read
   */
  async attachments(html: string, files: TemplateFiles, warn: (message: string) => void): Promise<MailAttachment[]> {
    const cids = ['logo', 'logo.png'].filter((cid) => new RegExp(`cid:${cid}(?![\\w.-])`, 'i').test(html));
    if (cids.length === 0) return [];
    const file = await files.find(logoName);
    const content = file === undefined ? undefined : await this.contentOf(file);
    const kind = kinds.find(({ start }) => content?.subarray(0, start.length / 2).toString('hex') === start);
    if (file === undefined || content === undefined || kind === undefined) {
      warn(`${logoName} is no PNG, JPEG or GIF of at most ${limits.logo} bytes and is left out`);
      return [];
    }
    return cids.map((cid) => ({ cid, filename: `logo.${kind.extension}`, contentType: kind.contentType, content }));
  }

  private async contentOf(file: TemplateFile): Promise<Buffer | undefined> {
    if (file.size > limits.logo) return undefined;
    const version = `${file.path} ${file.version}`;
    if (this.known?.version !== version) this.known = { version, content: await readTemplate(file) };
    return this.known.content;
  }
}
