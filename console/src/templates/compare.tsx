import { MergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type ReactNode, useEffect, useRef } from 'react';

import { t } from '../texts/texts';
import { appearance } from './code-editor';

interface CompareProps {
  readonly isHtml: boolean;
  readonly before: string;
  readonly after: string;
}

/** Two sources side by side, with what differs. */
export function Compare({ isHtml, before, after }: CompareProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const side = (label: string): Extension => [
      appearance(isHtml),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    ];
    const view = new MergeView({
      parent: place.current,
      a: { doc: before, extensions: side(t('templates.version.before')) },
      b: { doc: after, extensions: side(t('templates.version.after')) },
      gutter: true,
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
    return () => view.destroy();
  }, [isHtml, before, after]);
  return <div ref={place} className="compare" dir="ltr" />;
}
