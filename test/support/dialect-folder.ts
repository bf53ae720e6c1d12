import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { MailData } from '../../src/mail/rendering/mail-data.js';
import type { MailRenderer, RenderedMail } from '../../src/mail/rendering/mail-renderer.js';
import { mailRenderer } from './mail-renderer.js';

/** Data that the templates are rendered with. */
export const dialectData: MailData = {
  url: 'https://id.example.com/?a=1&b=2',
  user: {
    username: 'ada',
    name: "Ada <O'Neil>",
    email: 'ada@example.com',
    attributes: {
      ...{ groups: ['staff', 'admins'], empty: [], age: 36, score: 2.5, active: true, note: null },
      devices: [
        { name: 'Phone', kind: 'Mobile' },
        { name: 'Tablet', kind: 'mobile' },
        { name: 'Mac', kind: 'desktop' },
      ],
    },
  },
  expires: new Date('2035-03-09T07:05:00Z'),
  title: 'it is done',
  body: 'one\ntwo',
  key_value: { Browser: 'Firefox', 'Client address': '192.0.2.1' },
};

/** A folder of custom templates, and a renderer that renders them with `dialectData`. */
export class DialectFolder {
  readonly renderer: MailRenderer;

  private constructor(readonly path: string) {
    this.renderer = mailRenderer(path);
  }

  static async make(): Promise<DialectFolder> {
    return new DialectFolder(await mkdtemp(join(tmpdir(), 'dialect-')));
  }

  /** Writes the files, by name, and renders `mail.html`. */
  async mail(files: Readonly<Record<string, string>>, locale = 'en'): Promise<RenderedMail> {
    for (const [name, source] of Object.entries(files)) await writeFile(join(this.path, name), source);
    return this.renderer.render({ template: 'mail.html', subject: '', locale, data: dialectData });
  }

  /** Renders a template to HTML. */
  async html(source: string, locale = 'en'): Promise<string> {
    return (await this.mail({ 'mail.html': source }, locale)).html;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }
}
