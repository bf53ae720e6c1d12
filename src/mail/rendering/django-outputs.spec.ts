import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { TemplateEngine } from '../../templating/dialect/template-engine.js';
import { WorkBudget } from '../../templating/dialect/work-budget.js';
import { Catalogs } from '../../templating/language/catalog.js';
import { TimeFormats } from '../../templating/language/time-formats.js';
import { readable } from '../../templating/scope.js';
import { TemplateFolders } from '../../templating/template-files.js';
import type { MailData } from './mail-data.js';
import { catalogFolder } from './mail-renderer.js';
import { templateScope } from './template-scope.js';

/** Django's output for templates, written by `test/support/django/make-outputs.py`. */
interface Outputs {
  readonly django: string;
  readonly now: string;
  readonly data: MailData;
  readonly times: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly template: string; readonly language?: string; readonly output: string }[];
}

const file = new URL('../../../test/support/django/outputs.json', import.meta.url);
const { django, now, data, times, cases } = JSON.parse(await readFile(file, 'utf8')) as Outputs;

const engine = new TemplateEngine();
const catalogs = new Catalogs(catalogFolder);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'django-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function render(source: string, language: string): Promise<string> {
  await writeFile(join(folder, 'mail.html'), source);
  const files = await new TemplateFolders(folder, folder).open();
  const template = await files.find('mail.html');
  const moments = Object.fromEntries(Object.entries(times).map(([name, time]) => [name, new Date(time)]));
  return engine.render(template!, files, {
    part: 'html',
    scope: { ...templateScope(data, () => undefined), ...readable(moments) },
    catalog: await catalogs.get(language),
    catalogs,
    declared: new Set(),
    formats: TimeFormats.of(language),
    now: new Date(now),
    budget: new WorkBudget(),
    warn: () => undefined,
  });
}

it.each(cases)(
  `renders $template as Django ${django} does ($language)`,
  async ({ template, language = 'en', output }) => {
    expect(await render(template, language)).toBe(output);
  },
);

it('has more than 200 cases', () => {
  expect(cases.length).toBeGreaterThan(200);
});
