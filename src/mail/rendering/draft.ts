import type { FindTemplate } from '../../templating/template-files.js';

/** The source of a template. */
export interface TemplateContent {
  readonly html: string;
  /** Empty: the text part is made from the HTML. */
  readonly text: string;
}

/** Returns the name of the text part of an HTML template. */
export function textNameOf(name: string): string {
  return name.replace(/html$/, 'txt');
}

/** Finds a template that is not saved under its name, as if it were. */
export function draftOf(name: string, { html, text }: TemplateContent): FindTemplate {
  const parts = new Map(text === '' ? [[name, html]] : [[name, html] as const, [textNameOf(name), text] as const]);
  return (wanted) => {
    const content = parts.get(wanted);
    if (content === undefined) return Promise.resolve(undefined);
    return Promise.resolve({
      name: wanted,
      origin: 'draft',
      path: `draft of ${wanted}`,
      version: '',
      size: Buffer.byteLength(content),
      read: () => Promise.resolve(content),
    });
  };
}
