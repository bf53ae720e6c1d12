import { BlueprintError } from './blueprint-error.js';

/** What an import does with kinds of objects that are not here. */
export const unknownKindActions = ['refuse', 'skip'] as const;
export type UnknownKindAction = (typeof unknownKindActions)[number];

/** Name of the form field of the import, and of the key in the context of a blueprint instance. */
export const onUnknown = 'on_unknown';

/** @throws BlueprintError for another value */
export function readUnknownKindAction(value: unknown): UnknownKindAction {
  const action = unknownKindActions.find((each) => each === value);
  if (action !== undefined) return action;
  throw new BlueprintError(`${onUnknown} must be one of ${unknownKindActions.join(', ')}.`);
}

/** An object that a file refers to and that cannot be here, because its kind is not or its entry is invalid. */
export interface Lack {
  readonly model: string;
  /** The kinds that are not here and without which it cannot be; none if its entry is invalid. */
  readonly kinds: readonly string[];
  /** The word that the file names the object with. */
  readonly name: string;
  /** Whether it is an entry of the file that was left out; otherwise `!Find` looked for it. */
  readonly isLeftOut: boolean;
  /** Whether it could keep visitors out, as stages and policies can. A reference to it must not just be dropped. */
  readonly isGuard: boolean;
}

/** Whether objects of a kind that is not here are stages or policies. */
export function isStageOrPolicy(model: string): boolean {
  return /(stage|policy)$/.test(model);
}

/** The kinds that a file lacks, with the positions of the entries that need them. */
export class MissingKinds {
  private readonly entries = new Map<string, Set<number>>();

  add(models: readonly string[], entry: number): void {
    for (const model of models) this.entries.set(model, (this.entries.get(model) ?? new Set()).add(entry));
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  get models(): string[] {
    return [...this.entries.keys()].sort();
  }

  /** Position of the first entry that lacks something. */
  get first(): number {
    return Math.min(...[...this.entries.values()].flatMap((positions) => [...positions]));
  }

  /** The list for a log. */
  get list(): { readonly model: string; readonly entries: number[] }[] {
    return this.models.map((model) => ({ model, entries: [...(this.entries.get(model) ?? [])] }));
  }
}
