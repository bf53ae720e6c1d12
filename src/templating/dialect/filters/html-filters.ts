import { directionOf } from '../../language/locale.js';
import type { RenderContext } from '../context.js';
import { escapeHtml, numberOf, SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';
import { type TextMeasure, truncatedHtml } from './html-truncation.js';
import { urlized } from './urlize.js';

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
  linenumbers: (value, _, context) => {
    const lines = context.written(value).split('\n');
    const width = String(lines.length).length;
    return new SafeText(lines.map((line, index) => `${String(index + 1).padStart(width, '0')}. ${line}`).join('\n'));
  },
  urlize: (value, _, context) => links(value, undefined, context),
  urlizetrunc: (value, argument, context) => links(value, numberOf(argument), context),
  truncatechars_html: (value, argument, context) => {
    // The mark of a truncation counts.
    const limit = Math.trunc(numberOf(argument) ?? 0) - 1;
    const split = (text: string): string[] => Array.from(text);
    return truncatedBy(value, limit + 1, { limit, split, separator: '', mark: '…' }, context);
  },
  truncatewords_html: (value, argument, context) => {
    const limit = Math.trunc(numberOf(argument) ?? 0);
    const split = (text: string): string[] => text.split(/(?<=\S)\s+(?=\S)/);
    return truncatedBy(value, limit, { limit, split, separator: ' ', mark: ' …' }, context);
  },
  escapejs: (value, _, { rendering: { formats } }) =>
    new SafeText(
      textOf(value, formats).replace(
        /[\\'"<>&=\-;`\u2028\u2029\0-\x1f]/g,
        (sign) => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
      ),
    ),
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

/** In a text part, addresses stay as they are: programs make them links. */
function links(value: unknown, limit: number | undefined, context: RenderContext): SafeText | string {
  const text = textOf(value, context.rendering.formats);
  if (context.part === 'text') return text;
  const written = value instanceof SafeText ? (part: string): string => part : escapeHtml;
  return new SafeText(urlized(text, written, limit));
}

function truncatedBy(
  value: unknown,
  count: number,
  measure: TextMeasure,
  { rendering }: RenderContext,
): SafeText | string {
  const html = textOf(value, rendering.formats);
  const result = count <= 0 ? '' : truncatedHtml(html, measure);
  return value instanceof SafeText ? new SafeText(result) : result;
}
