import { directionOf } from '../../language/locale.js';
import { escapeHtml, SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Filters that decide what is HTML. All of them give safe text. */
export const htmlFilters: Readonly<Record<string, Filter>> = {
  /** The author vouches for the value. */
  safe: (value, _, { rendering: { formats } }) => new SafeText(textOf(value, formats)),
  /** In HTML everything is escaped anyway, and once is enough. */
  escape: (value, _, context) => new SafeText(context.written(value)),
  force_escape: (value, _, { rendering: { formats } }) => new SafeText(escapeHtml(textOf(value, formats))),
  linebreaksbr: (value, _, context) => new SafeText(context.written(value).replace(/\r\n|\r|\n/g, '<br>')),
  linebreaks: (value, _, context) => {
    const paragraphs = context
      .written(value)
      .replace(/\r\n|\r/g, '\n')
      .split(/\n{2,}/);
    return new SafeText(paragraphs.map((text) => `<p>${text.replaceAll('\n', '<br>')}</p>`).join('\n\n'));
  },
  /**
   * Not in Django: keeps the direction of a name from reordering the words around it. In text only where it is written
   * the other way than the mail, because old programs show the marks.
   */
  isolate: (value, _, context) => {
    const text = context.written(value);
    if (context.part === 'html') return new SafeText(`<bdi>${text}</bdi>`);
    const isForeign =
      directionOf(context.rendering.catalog.locale) === 'rtl' ? /[A-Za-z]/ : /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
    return isForeign.test(text) ? new SafeText(`\u2068${text}\u2069`) : text;
  },
};
