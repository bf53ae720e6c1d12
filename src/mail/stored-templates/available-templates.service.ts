import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { Catalogs } from '../../templating/language/catalog.js';
import { languages } from '../../templating/language/locale.js';
import { TemplateError } from '../../templating/template-error.js';
import { readTemplate, type TemplateOrigin } from '../../templating/template-files.js';
import { EmailTemplates } from '../email-templates.js';
import { catalogFolder, MailRenderer, type ParsedMail, shippedFolder } from '../rendering/mail-renderer.js';
import { defaultSubjects } from '../rendering/subject.js';
import type { AvailableMailTemplateDto, MailTemplateSourceDto, TemplatePlace } from './dto/available-template.dto.js';
import { MailTemplate } from './mail-template.entity.js';

/** A template in the database, without its source. */
type StoredSummary = Pick<MailTemplate, 'pk' | 'name' | 'version' | 'lastUpdated'>;

const places: Readonly<Record<Exclude<TemplateOrigin, 'draft'>, TemplatePlace>> = {
  custom: 'folder',
  stored: 'database',
  shipped: 'shipped',
};

/** Shipped templates that other templates are made of. */
const isFrame = (name: string): boolean =>
  name.startsWith('email/parts/') || ['email/base.html', 'email/notice.html'].includes(name);

/** Lists the templates of all places, and reads their sources. */
@Injectable()
export class AvailableTemplates {
  private readonly catalogs = new Catalogs(catalogFolder);
  private shipped: Promise<string[]> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly renderer: MailRenderer,
    private readonly choices: EmailTemplates,
  ) {}

  /** Returns the templates by name. */
  async list(): Promise<AvailableMailTemplateDto[]> {
    const stored = await this.stored();
    const selectable = new Set((await this.choices.choices()).map(({ path }) => path));
    const names = new Set([...(await this.shippedNames()), ...selectable, ...stored.keys()]);
    const found = [...names].sort().map(async (name) => this.summaryOf(name, selectable.has(name), stored.get(name)));
    return (await Promise.all(found)).filter((summary) => summary !== undefined);
  }

  /** @throws AppError `notFound` if there is no such template */
  async source(name: string): Promise<MailTemplateSourceDto> {
    const parts = name.endsWith('.html') ? await this.filesOf(name) : undefined;
    if (parts?.html === undefined) throw new AppError('notFound');
    const stored = (await this.stored()).get(name);
    const read = async (file: typeof parts.text): Promise<string> =>
      file === undefined ? '' : (await readTemplate(file)).toString('utf8');
    return {
      name,
      place: placeOf(parts.html.origin),
      stored: stored?.pk ?? null,
      version: stored?.version ?? null,
      html: await read(parts.html),
      text: await read(parts.text),
    };
  }

  private async filesOf(name: string): ReturnType<MailRenderer['find']> {
    try {
      return await this.renderer.find(name);
    } catch (error) {
      if (error instanceof TemplateError) throw new AppError('notFound');
      throw error;
    }
  }

  private async summaryOf(
    name: string,
    selectable: boolean,
    stored: StoredSummary | undefined,
  ): Promise<AvailableMailTemplateDto | undefined> {
    const [origin, ...others] = await this.renderer.origins(name);
    if (origin === undefined) return undefined;
    const parsed = await this.parsed(name);
    return {
      name,
      place: placeOf(origin),
      stored: stored?.pk ?? null,
      version: stored?.version ?? null,
      places: [origin, ...others].map(placeOf),
      selectable,
      part: isFrame(name),
      subject: Object.hasOwn(defaultSubjects, name) ? (defaultSubjects[name] ?? '') : '',
      languages: parsed === undefined ? [] : await this.languagesOf(parsed),
      has_text: parsed?.text !== undefined,
      last_updated: stored?.lastUpdated ?? null,
    };
  }

  /** Returns the parsed template; undefined if it cannot be parsed, which its preview explains. */
  private async parsed(name: string): Promise<ParsedMail | undefined> {
    try {
      return await this.renderer.parse(name);
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  }

  private async languagesOf({ html, text }: ParsedMail): Promise<string[]> {
    const messages = [...(html?.messages ?? []), ...(text?.messages ?? [])];
    if (messages.length === 0) return [];
    const catalogs = await Promise.all(languages.map((language) => this.catalogs.get(language)));
    return catalogs
      .filter((catalog) => catalog.locale === 'en' || messages.every((message) => catalog.has(message)))
      .map(({ locale }) => locale);
  }

  private async stored(): Promise<ReadonlyMap<string, StoredSummary>> {
    const select = { pk: true, name: true, version: true, lastUpdated: true } as const;
    const found = await this.dataSource.manager.find(MailTemplate, { select });
    return new Map(found.map((template) => [template.name, template]));
  }

  /** Names of the shipped HTML templates, which change only with the service. */
  private shippedNames(): Promise<string[]> {
    this.shipped ??= readdir(shippedFolder, { recursive: true }).then((names) =>
      names.map((name) => name.split(sep).join('/')).filter((name) => name.endsWith('.html')),
    );
    this.shipped.catch(() => (this.shipped = undefined));
    return this.shipped;
  }
}

function placeOf(origin: TemplateOrigin): TemplatePlace {
  return origin === 'draft' ? 'database' : places[origin];
}
