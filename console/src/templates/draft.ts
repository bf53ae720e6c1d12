import type { Source } from './queries';

/** What is typed and not saved, kept in this tab: a session that ends or a page that is reloaded loses nothing. */
interface Kept extends Source {
  /** The version that it is based on; null if there is none in the database. */
  readonly version: number | null;
}

const keyOf = (name: string): string => `template-draft:${name}`;

/** Returns the draft of a template that this tab keeps. */
export function keptDraft(name: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null');
    return isDraft(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a draft; undefined drops it. */
export function keepDraft(name: string, draft: Kept | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(keyOf(name));
    else sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // A full or forbidden storage: the page still warns before it is left.
  }
}

function isDraft(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'html' in value &&
    'text' in value &&
    typeof value.html === 'string' &&
    typeof value.text === 'string'
  );
}
