import type { RenderContext } from '../context.js';
import { pythonJson } from '../python-text.js';
import { elementsOf, escapeHtml, SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Filters of lists and of whole values. */
export const listFilters: Readonly<Record<string, Filter>> = {
  safeseq: (value, _, { rendering: { formats } }) =>
    elementsOf(value).map((element) => new SafeText(textOf(element, formats))),
  escapeseq: (value, _, context) => elementsOf(value).map((element) => new SafeText(context.written(element))),
  random: (value) => {
    const elements = elementsOf(value);
    return elements[Math.floor(Math.random() * elements.length)];
  },
  unordered_list: (value, _, context) => new SafeText(listItems(elementsOf(value), context, '\t')),
  /** A script element with the value as JSON; `argument` is its id. */
  json_script: (value, argument) => {
    const id = argument === undefined ? '' : `id="${escapeHtml(textOf(argument))}" `;
    const json = pythonJson(value).replace(
      /[<>&]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    );
    return new SafeText(`<script ${id}type="application/json">${json}</script>`);
  },
};

/** Writes items of a list, each with the list that follows it. */
function listItems(elements: readonly unknown[], context: RenderContext, indent: string): string {
  context.rendering.budget.use(elements.length * indent.length);
  const items: string[] = [];
  for (let index = 0; index < elements.length; index += 1) {
    const children: unknown = elements[index + 1];
    let sublist = '';
    if (Array.isArray(children)) {
      const inner = children.length === 0 ? '' : listItems(children, context, `${indent}\t`);
      sublist = children.length === 0 ? '' : `\n${indent}<ul>\n${inner}\n${indent}</ul>\n${indent}`;
    }
    items.push(`${indent}<li>${context.written(elements[index])}${sublist}</li>`);
    if (Array.isArray(children)) index += 1;
  }
  return items.join('\n');
}
