import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

import { filters, tags, variables, type Word } from './words';

/** Values, tags and comments: what is between HTML, on one line as in Django. */
const marks = /\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/g;

/** What stands out inside of a mark: texts, filters, the name of a tag. */
const parts = /"[^"]*"|'[^']*'|\|\s*\w+|(?<=^\{%-?\s*)\w+/g;

const classes = {
  '{{': Decoration.mark({ class: 'dj dj-value' }),
  '{%': Decoration.mark({ class: 'dj dj-tag' }),
  '{#': Decoration.mark({ class: 'dj dj-comment' }),
};
const text = Decoration.mark({ class: 'dj-text' });
const filter = Decoration.mark({ class: 'dj-filter' });
const name = Decoration.mark({ class: 'dj-name' });

const matcher = new MatchDecorator({
  regexp: marks,
  decorate(add, from, to, match) {
    const opener = match[0].slice(0, 2) as keyof typeof classes;
    add(from, to, classes[opener]);
    if (opener === '{#') return;
    for (const part of match[0].matchAll(parts)) {
      const [found] = part;
      const start = from + part.index;
      add(start, start + found.length, /^["']/.test(found) ? text : found.startsWith('|') ? filter : name);
    }
  },
});

/** Marks Django's syntax over that of HTML, which also stands in attributes and between tags. */
const highlighting = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = matcher.createDeco(view);
    }
    update(update: ViewUpdate): void {
      this.decorations = matcher.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const options = (words: readonly Word[], type: Completion['type']): Completion[] =>
  words.map(([label, detail]) => ({ label, ...(detail !== '' && { detail }), ...(type !== undefined && { type }) }));
const variableOptions = options(variables, 'variable');
const tagOptions = options(tags, 'keyword');
const filterOptions = options(filters, 'function');

/** Completes variables, tags and filters inside of `{{ … }}` and `{% … %}`. */
function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
  if (open < 0 || /[%}]\}/.test(before.slice(open + 2))) return null;
  const inside = before.slice(open + 2);
  const typed = /[\w.]*$/.exec(inside)?.[0] ?? '';
  const from = context.pos - typed.length;
  const ahead = inside.slice(0, inside.length - typed.length);
  if (/\|\s*$/.test(ahead)) return { from, options: filterOptions, validFor: /^\w*$/ };
  const isTag = before.slice(open, open + 2) === '{%' && ahead.trim() === '';
  if (typed === '' && !context.explicit && ahead.trim() !== '') return null;
  return { from, options: isTag ? tagOptions : variableOptions, validFor: /^[\w.]*$/ };
}

/** Django's template language: colours and completion. */
export const dialect: Extension = [
  highlighting,
  EditorState.languageData.of(() => [{ autocomplete: complete }]),
  autocompletion({ icons: false }),
];
