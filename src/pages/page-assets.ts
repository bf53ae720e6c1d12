import { createHash } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import type { Accent } from '../templating/accent.js';
import { type Brand, brandOf } from '../templating/brand.js';
import { readTemplate, type TemplateFile, TemplateFolders } from '../templating/template-files.js';

/** Folder of the shipped templates, styles and script, in the sources and in the build. */
export const shippedFolder = fileURLToPath(new URL('templates/', import.meta.url));

/** URL prefix of assets. */
export const assetsPath = '/static/pages/';

/** Assets that pages load. */
export const assetNames = ['style.css', 'custom.css', 'page.js', 'inter.woff2', 'logo'] as const;
export type AssetName = (typeof assetNames)[number];

/** An asset as it is served. */
export interface Asset {
  readonly content: Buffer;
  readonly type: string;
  /** Hash of the content, for cache busting. */
  readonly version: string;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
};

/** Styles, script, font and logo of pages: the administrator's files where they exist, else the shipped ones. */
@Injectable()
export class PageAssets {
  private readonly logger = new Logger(PageAssets.name);
  private readonly folders: TemplateFolders;
  private readonly cache = new Map<string, { readonly file: string; readonly asset: Promise<Asset> }>();

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.folders = new TemplateFolders(settings.pageTemplateDir, shippedFolder);
  }

  private get brand(): Brand {
    return brandOf(this.settings);
  }

  /** Returns an asset; undefined if there is no `custom.css`. Reads changed files again. */
  async find(name: AssetName): Promise<Asset | undefined> {
    const file = name === 'logo' ? await this.logoFile() : await this.fileNamed(name);
    if (file === undefined) return undefined;
    // The styles contain the address of the font.
    const font = name === 'style.css' ? await this.address('inter.woff2') : undefined;
    const version = `${file.path} ${file.version} ${font} ${this.settings.brandColor}`;
    const known = this.cache.get(name);
    if (known?.file === version) return known.asset;
    const asset = this.load(file, font);
    this.cache.set(name, { file: version, asset });
    asset.catch(() => this.cache.delete(name));
    return asset;
  }

  /** Returns the URL of an asset. It contains the version, so browsers may cache it forever. */
  async address(name: AssetName): Promise<string | undefined> {
    const asset = await this.find(name);
    return asset === undefined ? undefined : `${assetsPath}${name}?v=${asset.version}`;
  }

  private async fileNamed(name: string): Promise<TemplateFile | undefined> {
    return (await this.folders.open()).find(name);
  }

  private async logoFile(): Promise<TemplateFile | undefined> {
    const { logo } = this.brand;
    if (logo === undefined) return this.fileNamed('logo.svg');
    const isImage = types[extname(logo).toLowerCase()]?.startsWith('image/') ?? false;
    const files = await new TemplateFolders(undefined, dirname(logo)).open().catch(() => undefined);
    const file = isImage ? await files?.find(basename(logo)).catch(() => undefined) : undefined;
    if (file !== undefined) return file;
    this.logger.warn('BRAND_LOGO is not a readable image; pages show the logo of email-stage');
    return this.fileNamed('logo.svg');
  }

  private async load(file: TemplateFile, font: string | undefined): Promise<Asset> {
    const content = this.withSettings(file, await readTemplate(file), font);
    const version = createHash('sha256').update(content).digest('base64url').slice(0, 12);
    return { content, type: types[extname(file.path).toLowerCase()] ?? 'application/octet-stream', version };
  }

  /** Puts the colours of the settings and the font before the styles, and the colours into the shipped logo. */
  private withSettings({ name, origin }: TemplateFile, content: Buffer, font: string | undefined): Buffer {
    if (name === 'style.css') return Buffer.concat([Buffer.from(this.colours() + fontFace(font)), content]);
    if (origin === 'custom' || name !== 'logo.svg') return content;
    const { fill, onFill } = this.brand.accent.light;
    return Buffer.from(content.toString().replaceAll('#2450c8', fill).replaceAll('#fff', onFill));
  }

  private colours(): string {
    const variables = ({ fill, onFill, ink }: Accent): string =>
      `:root{--accent:${fill};--on-accent:${onFill};--accent-ink:${ink}}`;
    const { light, dark } = this.brand.accent;
    return `${variables(light)}\n@media (prefers-color-scheme:dark){${variables(dark)}}\n`;
  }
}

/**
 * Returns the rule of the font, for the characters that it has. Letters of other scripts have the system's fonts. Until it
 * is loaded, Arial stands in with the metrics of Inter, so that nothing moves.
 */
function fontFace(address: string | undefined): string {
  if (address === undefined) return '';
  const latin = 'U+0000-00FF,U+0131,U+0152-0153,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212';
  const standIn = 'size-adjust:107.06%;ascent-override:90.49%;descent-override:22.56%;line-gap-override:0%';
  return (
    `@font-face{font-family:Inter;font-weight:100 900;font-display:swap;src:url("${address}") format("woff2");` +
    `unicode-range:${latin}}\n@font-face{font-family:"Inter stand-in";src:local("Arial");${standIn}}\n`
  );
}
