/** What a blueprint holds before its tags are resolved: JSON values with tags among them. */
export type Tree = string | number | boolean | null | readonly Tree[] | TreeMap | Tag;

export interface TreeMap {
  readonly [key: string]: Tree;
}

/** `!Name value`: stands for a value that is known only when the entry is read. */
export class Tag {
  constructor(
    readonly name: string,
    /** The word behind the tag, as it was written, or the list. */
    readonly argument: string | readonly Tree[],
    readonly line: number,
  ) {}
}

export function isMap(tree: Tree | undefined): tree is TreeMap {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Tag);
}

/** The lines that mappings begin in, for messages. */
export type Lines = WeakMap<object, number>;
