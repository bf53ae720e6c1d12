import { basename, dirname } from 'node:path';

import { type ImageKind, imageTypes } from '../../syntax/image-kind.js';
import { mailImageKindOf, maxMailImage } from '../../syntax/mail-image.js';
import type { Accent } from '../../templating/accent.js';
import type { Brand } from '../../templating/brand.js';
import {
  readTemplate,
  type TemplateFile,
  type TemplateFiles,
  TemplateFolders,
} from '../../templating/template-files.js';
import { withColours } from './logo-colours.js';

/** An inline image of a mail. */
export interface MailAttachment {
  /** Content-ID without angle brackets. */
  cid: string;
  filename: string;
  contentType: string;
  content: Buffer;
}

/** An image that mail programs show. */
export interface LogoImage {
  readonly kind: ImageKind;
  readonly content: Buffer;
}

/** Path of the logo. A file with this path in EMAIL_TEMPLATE_DIR replaces BRAND_LOGO and the shipped one. */
const logoName = 'email/logo.png';

/** Finds the logo of mails, and caches it until its file changes. */
export class Logo {
  private readonly accent: Accent;
  private readonly brandFolder: TemplateFolders | undefined;
  private readonly brandFile: string;
  private cached: { readonly version: string; readonly image: LogoImage | undefined } | undefined;

  constructor({ logo, accent }: Brand) {
    this.accent = accent.light;
    this.brandFolder = logo === undefined ? undefined : new TemplateFolders(undefined, dirname(logo));
    this.brandFile = basename(logo ?? '');
  }

  /**
   * Returns the logo: that of EMAIL_TEMPLATE_DIR, else BRAND_LOGO, else the shipped one in the colours of the brand.
   *
   * @param warn receives a warning if the logo is unusable
   * @returns undefined if mail programs cannot show the logo
   * @throws TemplateError if the file cannot be read
   */
  async find(files: TemplateFiles, warn: (message: string) => void): Promise<LogoImage | undefined> {
    const inTemplates = await files.find(logoName);
    const isOwn = inTemplates?.origin === 'custom' || this.brandFolder === undefined;
    const file = isOwn ? inTemplates : await this.findBrandFile();
    const image = file === undefined ? undefined : await this.imageOf(file);
    const name = isOwn ? logoName : 'BRAND_LOGO';
    if (image === undefined) warn(`${name} is not a PNG, JPEG or GIF of at most ${maxMailImage} bytes and is omitted`);
    return image;
  }

  /** The folder of BRAND_LOGO may have been removed since the start. */
  private async findBrandFile(): Promise<TemplateFile | undefined> {
    const folder = await this.brandFolder?.open().catch(() => undefined);
    return folder?.find(this.brandFile);
  }

  private async imageOf(file: TemplateFile): Promise<LogoImage | undefined> {
    if (file.size > maxMailImage) return undefined;
    const version = `${file.path} ${file.version}`;
    if (this.cached?.version !== version) this.cached = { version, image: await this.read(file) };
    return this.cached.image;
  }

  private async read(file: TemplateFile): Promise<LogoImage | undefined> {
    const content = await readTemplate(file);
    const kind = mailImageKindOf(content);
    if (kind === undefined) return undefined;
    const isShipped = file.name === logoName && file.origin === 'shipped';
    return { kind, content: isShipped ? withColours(content, this.accent) : content };
  }
}

/** Returns an attachment for each Content-ID of the logo in the HTML: `cid:logo`, or authentik's `cid:logo.png`. */
export function logoAttachments(html: string, { kind, content }: LogoImage): MailAttachment[] {
  const cids = ['logo', 'logo.png'].filter((cid) => new RegExp(`cid:${cid}(?![\\w.-])`, 'i').test(html));
  return cids.map((cid) => ({ cid, filename: `logo.${kind}`, contentType: imageTypes[kind], content }));
}
