import '../styles/code.css';

import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { html as htmlLanguage } from '@codemirror/lang-html';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { type ReactNode, useEffect, useRef } from 'react';

import { nonce } from '../api/nonce';
import { dialect } from './dialect';

/** Something to show at a place of the source. */
export interface Mark {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number | null;
}

/** What both the editor and the comparison are made of. */
export function appearance(isHtml: boolean): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    lineNumbers(),
    highlightSpecialChars(),
    EditorView.lineWrapping,
    isHtml ? htmlLanguage({ matchClosingTags: false }) : [],
    syntaxHighlighting(classHighlighter),
    dialect,
  ];
}

interface CodeEditorProps {
  readonly label: string;
  readonly isHtml: boolean;
  /** What is edited at first: a later value is not taken, so that nothing typed is lost. */
  readonly start: string;
  readonly isReadOnly: boolean;
  readonly marks: readonly Mark[];
  readonly change: (source: string) => void;
  readonly save: () => void;
}

/** An editor for one part of a template. Tab leaves it, so that the keyboard is not caught. */
export function CodeEditor({ label, isHtml, start, isReadOnly, marks, change, save }: CodeEditorProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const handlers = useRef({ change, save });
  handlers.current = { change, save };
  const first = useRef(start);
  useEffect(() => {
    if (place.current === null) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          appearance(isHtml),
          lintGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: true }),
          EditorState.readOnly.of(isReadOnly),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: () => {
                handlers.current.save();
                return true;
              },
            },
            ...closeBracketsKeymap,
            ...defaultKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...completionKeymap,
            ...lintKeymap,
          ]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) handlers.current.change(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [isHtml, isReadOnly, label]);
  useEffect(() => {
    const editor = view.current;
    if (editor !== null)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          marks.map((mark) => diagnosticOf(mark, editor)),
        ),
      );
  }, [marks]);
  return <div ref={place} className="code" dir="ltr" />;
}

/** Places a mark: from its column, or over the whole line. A line that is gone counts as the last one. */
function diagnosticOf({ severity, message, line, column }: Mark, { state: { doc } }: EditorView): Diagnostic {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const indent = text.length - text.trimStart().length;
  const start = Math.min(from + (typeof column === 'number' ? column - 1 : indent), to);
  return { from: start, to, severity, message };
}
