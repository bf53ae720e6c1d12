import { fileURLToPath } from 'node:url';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS } from '../../config/settings.js';
import { type RenderTask, TemplateEngine } from '../../templating/dialect/template-engine.js';
import { WorkBudget } from '../../templating/dialect/work-budget.js';
import { Catalogs } from '../../templating/language/catalog.js';
import { languageValues, negotiateLanguage } from '../../templating/language/locale.js';
import { TimeFormats } from '../../templating/language/time-formats.js';
import { tidyText } from '../../templating/plain-text.js';
import { TemplateError } from '../../templating/template-error.js';
import { type TemplateFile, type TemplateFiles, TemplateFolders } from '../../templating/template-files.js';
import { limits } from './limits.js';
import { Logo, type MailAttachment } from './logo.js';
import type { MailData } from './mail-data.js';
import { subjectOf } from './subject.js';
import { declaredNames, templateScope } from './template-scope.js';
import { textOfHtml } from './text-part.js';

/** A mail that is to be rendered. */
export interface RenderRequest {
  /** Path below the folder of templates, such as `email/password_reset.html`. A `.txt` gives a mail of plain text. */
  readonly template: string;
  /** Is translated if a catalog knows it. Not a template: `{{ … }}` stays as it is. Empty: the template's own. */
  readonly subject: string;
  /** BCP 47; a language that there is no catalog for gets the next best, English at last. */
  readonly locale: string;
  readonly data: MailData;
}

/** A mail that is ready to be sent. */
export interface RenderedMail {
  /** One line, at most 250 characters. */
  subject: string;
  /** Empty for a mail of plain text. */
  html: string;
  text: string;
  /** The language that was chosen, BCP 47. */
  locale: string;
  /** The logo, if the HTML shows it. */
  attachments: MailAttachment[];
  /** What the author of the template should know; names of templates and values, never their content. */
  warnings: string[];
}

/** Where the shipped templates and catalogs are, in the sources as well as in the built service. */
export const shippedFolder = fileURLToPath(new URL('../templates/', import.meta.url));
export const catalogFolder = fileURLToPath(new URL('../locale/', import.meta.url));

/** Makes mails of templates, languages and data. Knows nothing of flows, requests or the database. */
@Injectable()
export class MailRenderer {
  private readonly folders: TemplateFolders;
  private readonly engine = new TemplateEngine();
  private readonly logo = new Logo();
  private readonly catalogs = new Catalogs(catalogFolder);

  constructor(@Inject(SETTINGS) settings: { readonly emailTemplateDir: string }) {
    this.folders = new TemplateFolders(settings.emailTemplateDir, shippedFolder);
  }

  /**
   * Renders subject, HTML and text in the reader's language. Custom templates are looked up anew for every mail, so a
   * changed file counts at once.
   *
   * @throws TemplateError if the template is missing, broken, or costs more than `limits` allow: that stays until somebody
   *   changes it. Any other error comes from the system, and the mail may be rendered another time
   */
  async render(request: RenderRequest): Promise<RenderedMail> {
    const warnings = new Set<string>();
    const warn = (message: string): void => {
      if (warnings.size < limits.warnings) warnings.add(message);
    };
    const catalog = await this.catalogs.get(negotiateLanguage([request.locale]));
    const { locale } = catalog;
    const subject = subjectOf(request.subject, request.template, catalog);
    const scope = { ...templateScope(request.data, warn), ...languageValues(locale), subject };
    const common = {
      scope,
      catalog,
      catalogs: this.catalogs,
      declared: declaredNames,
      formats: TimeFormats.of(locale),
      now: new Date(),
      budget: new WorkBudget(),
      warn,
    };
    const files = await this.folders.open();
    const { html, text } = await this.renderParts(request.template, files, common);
    const attachments = await this.logo.attachments(html, files, warn);
    return { subject, html, text, locale, attachments, warnings: [...warnings] };
  }

  private async renderParts(
    template: string,
    files: TemplateFiles,
    common: Omit<RenderTask, 'part'>,
  ): Promise<{ html: string; text: string }> {
    const found = await files.findMail(template);
    const render = async (file: TemplateFile | undefined, part: RenderTask['part']): Promise<string | undefined> =>
      file === undefined ? undefined : this.engine.render(file, files, { ...common, part });
    const html = (await render(found.html, 'html'))?.trim() ?? '';
    const text = await render(found.text, 'text');
    if (text !== undefined) return { html, text: tidyText(text) };
    try {
      return { html, text: textOfHtml(html) };
    } catch (error) {
      const reason = 'its HTML is too much to make a text part of; put a .txt template beside it';
      throw new TemplateError(template, reason, undefined, { cause: error });
    }
  }
}
