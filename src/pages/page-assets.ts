import { createHash } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { readTemplate, type TemplateFile, TemplateFolders } from '../templating/template-files.js';
import { type Accent, accentOf } from './accent.js';

/** Where the shipped templates, styles and the script are, in the sources as well as in the built service. */
export const shippedFolder = fileURLToPath(new URL('templates/', import.meta.url));

/** Where assets are served; the name follows. */
export const assetsPath = '/static/pages/';

/** What pages load besides themselves. */
export const assetNames = ['style.css', 'custom.css', 'page.js', 'logo'] as const;
export type AssetName = (typeof assetNames)[number];

/** A file for browsers, as it is sent. */
export interface Asset {
  readonly content: Buffer;
  readonly type: string;
  /** Changes with the content. */
  readonly version: string;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
};

/** The styles, the script and the logo of pages: the administrator's where there are some, else ours. */
@Injectable()
export class PageAssets {
  private readonly logger = new Logger(PageAssets.name);
  private readonly folders: TemplateFolders;
  private readonly accent: { readonly light: Accent; readonly dark: Accent };
  private readonly read = new Map<string, { readonly file: string; readonly asset: Promise<Asset> }>();

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.folders = new TemplateFolders(settings.pageTemplateDir, shippedFolder);
    this.accent = accentOf(`#${settings.brandColor}`);
  }

  /** Undefined if there is none: only `custom.css` need not be there. Looked up anew, so a changed file counts at once. */
  async find(name: AssetName): Promise<Asset | undefined> {
    const file = name === 'logo' ? await this.logoFile() : await this.fileNamed(name);
    if (file === undefined) return undefined;
    const version = `${file.path} ${file.version}`;
    const known = this.read.get(name);
    if (known?.file === version) return known.asset;
    const asset = this.load(file);
    this.read.set(name, { file: version, asset });
    asset.catch(() => this.read.delete(name));
    return asset;
  }

  /** Where a browser finds it. The address changes with the content, so browsers may keep what they have. */
  async address(name: AssetName): Promise<string | undefined> {
    const asset = await this.find(name);
    return asset === undefined ? undefined : `${assetsPath}${name}?v=${asset.version}`;
  }

  private async fileNamed(name: string): Promise<TemplateFile | undefined> {
    return (await this.folders.open()).find(name);
  }

  private async logoFile(): Promise<TemplateFile | undefined> {
    const { brandLogo } = this.settings;
    if (brandLogo === undefined) return this.fileNamed('logo.svg');
    const isImage = types[extname(brandLogo).toLowerCase()]?.startsWith('image/') ?? false;
    const files = await new TemplateFolders(undefined, dirname(brandLogo)).open().catch(() => undefined);
    const file = isImage ? await files?.find(basename(brandLogo)).catch(() => undefined) : undefined;
    if (file !== undefined) return file;
    this.logger.warn('BRAND_LOGO is no image that can be read; pages show the logo of email-stage');
    return this.fileNamed('logo.svg');
  }

  private async load(file: TemplateFile): Promise<Asset> {
    const content = this.branded(file, await readTemplate(file));
    const version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
    return { content, type: types[extname(file.path).toLowerCase()] ?? 'application/octet-stream', version };
  }

  /** Styles begin with the colours of the settings, and our logo has them. */
  private branded({ name, origin }: TemplateFile, content: Buffer): Buffer {
    if (name === 'style.css') return Buffer.concat([Buffer.from(this.colours()), content]);
    if (origin === 'custom' || name !== 'logo.svg') return content;
    const { fill, onFill } = this.accent.light;
    return Buffer.from(content.toString().replaceAll('#2450c8', fill).replaceAll('#fff', onFill));
  }

  private colours(): string {
    const variables = ({ fill, onFill, ink }: Accent): string =>
      `:root{--accent:${fill};--on-accent:${onFill};--accent-ink:${ink}}`;
    const { light, dark } = this.accent;
    return `${variables(light)}\n@media (prefers-color-scheme:dark){${variables(dark)}}\n`;
  }
}
