import { directionOf } from '../../language/locale.js';
import { escapeHtml, SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Filters for HTML. All of them return safe text. */
export const htmlFilters: Readonly<Record<string, Filter>> = {
  /** Marks a value as safe, at the author's responsibility. */
  safe: (value, _, { rendering: { formats } }) => new SafeText(textOf(value, formats)),
  /** Escapes once: in HTML values are escaped anyway. */
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
   * Not in Django: isolates the direction of a name, so that it does not reorder the words around it. In text only if its
   * direction differs from that of the mail, because old programs show the marks.
   */
  isolate: (value, _, context) => {
    const text = context.written(value);
    if (context.part === 'html') return new SafeText(`<bdi>${text}</bdi>`);
    const isForeign =
      directionOf(context.rendering.catalog.locale) === 'rtl' ? /[A-Za-z]/ : /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
    return isForeign.test(text) ? new SafeText(`\u2068${text}\u2069`) : text;
  },
};
