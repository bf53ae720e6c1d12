import { BlueprintError } from './blueprint-error.js';
import { limits } from './limits.js';
import { isMap, type Lines, Tag, type Tree, type TreeMap } from './tree.js';
import { readTree } from './yaml-reader.js';

/** Desired state of the object of an entry. */
export const entryStates = ['present', 'created', 'must_created', 'absent'] as const;
export type EntryState = (typeof entryStates)[number];

/** One object in a file; values may be tags. */
export interface BlueprintEntry {
  /** Position in the file, counted from 1. */
  readonly position: number;
  /** First line of the entry, if known. */
  readonly line: number | undefined;
  /** Id that `!KeyOf` refers to; may be a tag. */
  readonly id: string | Tag | undefined;
  readonly model: Tree;
  readonly state: Tree;
  readonly conditions: Tree;
  readonly identifiers: Tree;
  readonly attrs: Tree;
  readonly permissions: Tree;
}

/** A file of objects, in authentik's term. */
export interface Blueprint {
  readonly version: Tree;
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly context: TreeMap;
  readonly entries: readonly BlueprintEntry[];
}

/**
 * Parses a blueprint and checks its structure, without the database.
 *
 * @throws BlueprintError
 */
export function readBlueprint(bytes: Uint8Array): Blueprint {
  const { tree, lines } = readTree(bytes);
  if (!isMap(tree)) throw new BlueprintError('The file is not a blueprint: it must be a mapping with entries.');
  const { version = 1, metadata = null, context = null, entries } = tree;
  return { version, ...metadataOf(metadata), context: contextOf(context), entries: entriesOf(entries, lines) };
}

/** As `readBlueprint`, but returns undefined for a file that is not a blueprint. */
export function findBlueprint(bytes: Uint8Array): Blueprint | undefined {
  try {
    return readBlueprint(bytes);
  } catch (error) {
    if (error instanceof BlueprintError) return undefined;
    throw error;
  }
}

function metadataOf(metadata: Tree): Pick<Blueprint, 'name' | 'labels'> {
  if (metadata === null) return { name: undefined, labels: {} };
  const { name, labels = {} } = isMap(metadata) ? metadata : {};
  if (typeof name !== 'string') throw new BlueprintError('metadata must have a name.');
  if (!isMap(labels)) throw new BlueprintError('metadata: labels must be a mapping.');
  return { name, labels };
}

function contextOf(context: Tree): TreeMap {
  if (context === null) return {};
  if (!isMap(context)) throw new BlueprintError('context must be a mapping.');
  return context;
}

/** Entries are a list, or a mapping of lists, as in later versions of authentik. */
function entriesOf(tree: Tree | undefined, lines: Lines): BlueprintEntry[] {
  const entries = isMap(tree) ? Object.values(tree).flat() : tree;
  if (!Array.isArray(entries)) throw new BlueprintError('entries must be a list.');
  if (entries.length > limits.entries) throw new BlueprintError(`There are more than ${limits.entries} entries.`);
  return (entries as readonly Tree[]).map((entry, index) => {
    const position = index + 1;
    if (!isMap(entry)) throw new BlueprintError(`Entry ${position} must be a mapping.`);
    const {
      model,
      id = null,
      state = 'present',
      conditions = [],
      identifiers = {},
      attrs = {},
      permissions = [],
    } = entry;
    const line = lines.get(entry);
    if (model === undefined) throw new BlueprintError(`Entry ${position} must have a model.`, line);
    if (id !== null && typeof id !== 'string' && !(id instanceof Tag))
      throw new BlueprintError(`Entry ${position}: id must be a word.`, line);
    return { position, line, id: id ?? undefined, model, state, conditions, identifiers, attrs, permissions };
  });
}
