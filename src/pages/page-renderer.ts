import { fileURLToPath } from 'node:url';

import { Inject, Injectable, Logger } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { brandOf } from '../templating/brand.js';
import { TemplateEngine } from '../templating/dialect/template-engine.js';
import { WorkBudget } from '../templating/dialect/work-budget.js';
import { type Catalog, Catalogs } from '../templating/language/catalog.js';
import { directionOf } from '../templating/language/locale.js';
import { TimeFormats } from '../templating/language/time-formats.js';
import { readable, type Scope } from '../templating/scope.js';
import { TemplateError } from '../templating/template-error.js';
import { type TemplateFiles, TemplateFolders } from '../templating/template-files.js';
import { PageAssets, shippedFolder } from './page-assets.js';
import { pageLanguages } from './page-languages.js';
import { declaredNames, type Page } from './page.js';

/** Folder of the shipped catalogs, in the sources and in the build. */
export const catalogFolder = fileURLToPath(new URL('locale/', import.meta.url));

/** Number of distinct template warnings that are logged. */
const maxLoggedWarnings = 200;

/** Renders pages to HTML from templates, catalogs and the branding settings. */
@Injectable()
export class PageRenderer {
  private readonly logger = new Logger(PageRenderer.name);
  private readonly engine = new TemplateEngine();
  private readonly catalogs = new Catalogs(catalogFolder);
  private readonly folders: TemplateFolders;
  private readonly shipped = new TemplateFolders(undefined, shippedFolder);
  private readonly loggedWarnings = new Set<string>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly assets: PageAssets,
  ) {
    this.folders = new TemplateFolders(settings.pageTemplateDir, shippedFolder);
  }

  /** Returns the texts of a language. */
  catalog(locale: string): Promise<Catalog> {
    return this.catalogs.get(locale);
  }

  /**
   * Renders a page. Changed custom templates apply at once. A broken one is logged, and the shipped templates are used
   * instead, so that a mistake does not lock everyone out.
   *
   * @param address path and query of the page, for the links of the language menu
   */
  async render(page: Page, locale: string, address: string): Promise<string> {
    const catalog = await this.catalogs.get(locale);
    const scope = await this.scopeOf(page, locale, address);
    try {
      return await this.renderWith(await this.folders.open(), page.template, scope, catalog);
    } catch (error) {
      if (!(error instanceof TemplateError) || this.settings.pageTemplateDir === undefined) throw error;
      this.logger.error(`a custom template cannot be used: ${error.message}`);
      return this.renderWith(await this.shipped.open(), page.template, scope, catalog);
    }
  }

  private async renderWith(files: TemplateFiles, template: string, scope: Scope, catalog: Catalog): Promise<string> {
    const file = await files.find(template);
    if (file === undefined) throw new TemplateError(template, 'there is no such template');
    return this.engine.render(file, files, {
      part: 'html',
      scope,
      catalog,
      catalogs: this.catalogs,
      declared: declaredNames,
      formats: TimeFormats.of(catalog.locale),
      now: new Date(),
      budget: new WorkBudget(),
      warn: (message) => this.warn(`${template}: ${message}`),
    });
  }

  private async scopeOf({ values, isScriptless, ...page }: Page, locale: string, address: string): Promise<Scope> {
    const [style, custom, script, inter, logo] = await Promise.all(
      (['style.css', 'custom.css', 'page.js', 'inter.woff2', 'logo'] as const).map((name) => this.assets.address(name)),
    );
    const font = writtenInLatin(locale) ? inter : undefined;
    const { pathname, search } = new URL(address.replace(/^\/+/, '/'), 'http://page');
    const languages = pageLanguages.map(({ code, name }) => {
      const query = new URLSearchParams(search);
      query.set('locale', code);
      return { code, name, href: `${pathname}?${query.toString()}` };
    });
    return readable({
      ...values,
      title: page.title,
      background: page.background,
      layout: layoutClasses(page.layout),
      brand: { name: brandOf(this.settings).name },
      locale,
      direction: directionOf(locale),
      language: pageLanguages.find(({ code }) => code === locale)?.name,
      languages,
      assets: { style, custom, logo, font, script: isScriptless ? undefined : script },
    });
  }

  private warn(message: string): void {
    if (this.loggedWarnings.has(message) || this.loggedWarnings.size >= maxLoggedWarnings) return;
    this.loggedWarnings.add(message);
    this.logger.warn(message);
  }
}

/** Returns the CSS classes of a layout: `content_left` gives `content content_left`. */
function layoutClasses(layout = 'stacked'): string {
  const [kind = layout] = layout.split('_');
  return kind === layout ? layout : `${kind} ${layout}`;
}

/** Whether a language has Latin letters, which the font has. */
function writtenInLatin(locale: string): boolean {
  return new Intl.Locale(locale).maximize().script === 'Latn';
}
