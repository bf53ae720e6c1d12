/** Content of a blueprint before its tags are resolved: JSON values and tags. */
export type Tree = string | number | boolean | null | readonly Tree[] | TreeMap | Tag;

export interface TreeMap {
  readonly [key: string]: Tree;
}

/** `!Name value`: a value that is resolved when its entry is processed. */
export class Tag {
  constructor(
    readonly name: string,
    /** The scalar after the tag, as written, or the list. */
    readonly argument: string | readonly Tree[],
    readonly line: number,
  ) {}
}

export function isMap(tree: Tree | undefined): tree is TreeMap {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Tag);
}

/** First lines of mappings, for messages. */
export type Lines = WeakMap<object, number>;
