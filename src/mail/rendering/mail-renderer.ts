import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { Inject, Injectable, Optional } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { type Brand, brandOf, type BrandSettings } from '../../templating/brand.js';
import type { CompiledTemplate } from '../../templating/dialect/compiled-template.js';
import { type RenderTask, TemplateEngine } from '../../templating/dialect/template-engine.js';
import { WorkBudget } from '../../templating/dialect/work-budget.js';
import { Catalogs } from '../../templating/language/catalog.js';
import { languageValues, negotiateLanguage } from '../../templating/language/locale.js';
import { TimeFormats } from '../../templating/language/time-formats.js';
import { tidyText } from '../../templating/plain-text.js';
import { TemplateError } from '../../templating/template-error.js';
import {
  type FindTemplate,
  type MailFiles,
  type TemplateFile,
  type TemplateFiles,
  TemplateFolders,
  type TemplateOrigin,
} from '../../templating/template-files.js';
import { StoredTemplates } from '../stored-templates/stored-templates.js';
import { draftOf, type TemplateContent } from './draft.js';
import { limits } from './limits.js';
import { Logo, logoAttachments, type MailAttachment } from './logo.js';
import type { MailData } from './mail-data.js';
import { subjectOf } from './subject.js';
import { brandScope, declaredNames, templateScope } from './template-scope.js';
import { textOfHtml } from './text-part.js';

/** A mail to render. */
export interface RenderRequest {
  /** Path in the template folder, such as `email/password_reset.html`. A `.txt` template renders a plain-text mail. */
  readonly template: string;
  /** Translated if the catalog has it. Literal text: `{{ … }}` is not expanded. Empty for the template's default. */
  readonly subject: string;
  /** BCP 47; falls back to the closest language with a catalog, finally English. */
  readonly locale: string;
  readonly data: MailData;
  /** Takes the place of the template of that name, without being saved. */
  readonly draft?: TemplateContent;
  /** Time for `now`, `timeuntil` and the like; default: the clock of this machine. */
  readonly now?: Date;
}

/** A rendered mail. */
export interface RenderedMail {
  /** One line, at most 250 characters. */
  subject: string;
  /** Empty for a plain-text mail. */
  html: string;
  text: string;
  /** The negotiated language, BCP 47. */
  locale: string;
  /** The logo, if the HTML references it. */
  attachments: MailAttachment[];
  /** When the template was last changed, without the templates that it includes or extends. */
  modified?: Date;
  /** Warnings for the author of the template, with names of templates and values but never their content. */
  warnings: string[];
}

/** The parsed parts of a template; at least one is defined. */
export interface ParsedMail {
  readonly html: CompiledTemplate | undefined;
  readonly text: CompiledTemplate | undefined;
}

/** Folders of shipped templates and catalogs, in the sources as in the build. */
export const shippedFolder = fileURLToPath(new URL('../templates/', import.meta.url));
export const catalogFolder = fileURLToPath(new URL('../locale/', import.meta.url));

/** Renders mails from templates, catalogs and data, independent of flows, requests and the database. */
@Injectable()
export class MailRenderer {
  private readonly folders: TemplateFolders;
  private readonly engine = new TemplateEngine();
  private branding: { readonly brand: Brand; readonly logo: Logo } | undefined;
  private readonly catalogs = new Catalogs(catalogFolder);

  /** @param stored the templates in the database; undefined without a database */
  constructor(
    @Inject(SETTINGS) private readonly settings: BrandSettings & Pick<Settings, 'emailTemplateDir'>,
    @Optional() stored?: StoredTemplates,
  ) {
    const look = stored === undefined ? undefined : (): Promise<FindTemplate> => stored.snapshot();
    this.folders = new TemplateFolders(settings.emailTemplateDir, shippedFolder, look);
  }

  /** Returns where templates of this name are, the one that is used first. */
  async origins(name: string): Promise<TemplateOrigin[]> {
    return (await this.folders.open()).origins(name);
  }

  /** Returns the parts of the template that mails use. @throws TemplateError if there is none */
  async find(name: string): Promise<MailFiles> {
    return (await this.folders.open()).findMail(name);
  }

  /**
   * Returns the parsed parts of a template, without rendering them.
   *
   * @throws TemplateError if it is missing or cannot be parsed
   */
  async parse(name: string, draft?: TemplateContent): Promise<ParsedMail> {
    const { html, text } = await (await this.filesWith(name, draft)).findMail(name);
    const compiled = async (file: TemplateFile | undefined): Promise<CompiledTemplate | undefined> =>
      file === undefined ? undefined : this.engine.compile(file);
    return { html: await compiled(html), text: await compiled(text) };
  }

  /**
   * Renders subject, HTML and text in the recipient's language. Custom templates are looked up for every mail, so that
   * changes take effect immediately.
   *
   * @throws TemplateError permanently, if the template is missing, invalid or exceeds `limits`; any other error is a
   *   transient system error
   */
  async render(request: RenderRequest): Promise<RenderedMail> {
    const warnings = new Set<string>();
    const warn = (message: string): void => {
      if (warnings.size < limits.warnings) warnings.add(message);
    };
    const catalog = await this.catalogs.get(negotiateLanguage([request.locale]));
    const { locale } = catalog;
    const { brand, logo: brandLogo } = this.currentBranding();
    const subject = subjectOf(request, catalog, brand.name);
    const files = await this.filesWith(request.template, request.draft);
    const found = await files.findMail(request.template);
    const logo = found.html === undefined ? undefined : await brandLogo.find(files, warn);
    const scope = {
      ...templateScope(request.data, warn),
      ...languageValues(locale),
      brand: brandScope(brand, logo !== undefined),
      subject,
    };
    const common = {
      scope,
      catalog,
      catalogs: this.catalogs,
      declared: declaredNames,
      formats: TimeFormats.of(locale),
      now: request.now ?? new Date(),
      budget: new WorkBudget(),
      warn,
    };
    const { html, text } = await this.renderParts(request.template, found, files, common);
    const attachments = logo === undefined ? [] : logoAttachments(html, logo);
    return { subject, html, text, locale, attachments, modified: modifiedOf(found), warnings: [...warnings] };
  }

  private async filesWith(name: string, draft: TemplateContent | undefined): Promise<TemplateFiles> {
    const files = await this.folders.open();
    return draft === undefined ? files : files.after(draftOf(name, draft));
  }

  /** The brand of the settings, with a logo whose cache lasts until the brand changes. */
  private currentBranding(): { readonly brand: Brand; readonly logo: Logo } {
    const brand = brandOf(this.settings);
    if (this.branding === undefined || !isDeepStrictEqual(this.branding.brand, brand)) {
      this.branding = { brand, logo: new Logo(brand) };
    }
    return this.branding;
  }

  private async renderParts(
    template: string,
    found: MailFiles,
    files: TemplateFiles,
    common: Omit<RenderTask, 'part'>,
  ): Promise<{ html: string; text: string }> {
    const render = async (file: TemplateFile | undefined, part: RenderTask['part']): Promise<string | undefined> =>
      file === undefined ? undefined : this.engine.render(file, files, { ...common, part });
    const html = (await render(found.html, 'html'))?.trim() ?? '';
    const text = await render(found.text, 'text');
    if (text !== undefined) return { html, text: tidyText(text) };
    try {
      return { html, text: textOfHtml(html) };
    } catch (error) {
      const reason = 'its HTML is too large for conversion to text; add a .txt template';
      throw new TemplateError(template, reason, undefined, { cause: error });
    }
  }
}

function modifiedOf({ html, text }: MailFiles): Date {
  return new Date(Math.max(html?.modified?.getTime() ?? 0, text?.modified?.getTime() ?? 0));
}
