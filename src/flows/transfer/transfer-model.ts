import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import type { Subject } from '../../core/authority/read-standings.js';

/** A field that names objects. */
export interface Identifier {
  /** What it is compared with, in a statement that calls the object `row`. */
  readonly on: string;
  readonly type: 'text' | 'uuid' | 'integer' | 'boolean' | 'json' | 'list';
}

/** A model whose objects files can refer to. */
export interface FindableModel {
  /** The reference's name, in lower case: `authentik_flows.flow`. Its permissions count for files as for the API. */
  readonly model: string;
  readonly entity: EntityTarget<ObjectLiteral>;
  /** Fields that identify an object, in addition to its `pk` and the readable columns of `request`. */
  readonly identifiers: Readonly<Record<string, Identifier>>;
  /** The identifier whose value no two objects share: it names the same object in every service. */
  readonly naturalKey?: string;
  /** The fields of an entry for a new object: the request of the API, with its rules. */
  readonly request?: abstract new () => object;
}

/** Returns the base model of several kinds, such as all stages: files refer to an object of any kind by its name. */
export function anyOf(model: string, entity: FindableModel['entity']): FindableModel {
  return { model, entity, identifiers: { name: { on: 'row.name', type: 'text' } }, naturalKey: 'name' };
}

/** What denies in place of a stage or a policy that was left out. */
export type StandIn = 'stage' | 'policy';

/** Writes objects of a model in the caller's transaction. */
interface TransferStore {
  /** @param by the importing user; undefined for the operator */
  insert(manager: EntityManager, request: object, pk: string, by?: Caller): Promise<unknown>;
  change(manager: EntityManager, pk: string, request: object): Promise<unknown>;
  remove(row: { readonly pk: string }, manager: EntityManager): Promise<unknown>;
}

/** An entry that writes no object. */
export interface MetaEntry {
  readonly manager: EntityManager;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The importing user; undefined for the operator. */
  readonly caller: Caller | undefined;
}

/** A model whose objects files can hold. */
export interface TransferModel extends FindableModel {
  readonly request: abstract new () => object;
  /** As `request`, for an existing object. */
  readonly patch: abstract new () => object;
  readonly store: TransferStore;
  /** The object as `Authority` compares it; undefined if it hands on no rights. */
  readonly subject?: (pk: string) => Subject | undefined;
  /** For objects that put something into a flow or restrict it: how they deny in place of what a file leaves out. */
  readonly closing?: {
    /** Field with the object that is restricted or added to. */
    readonly target: string;
    /** The field that the stand-in takes. */
    readonly standIn: StandIn;
    /** The fields that the stand-in takes the place of. */
    readonly instead: readonly string[];
  };
  /**
   * Fields that no file may change, each with a predicate for values that do not change it.
   *
   * @param current the stored entity, if there is one
   */
  readonly withheld?: Readonly<Record<string, (value: unknown, current: object | undefined) => boolean>>;
  /** The key gives access: the file does not choose it for a new object, and no log or `!Find` shows it. */
  readonly isKeySecret?: true;
  /** Adapts the attributes of files for other versions of authentik. */
  readonly adapt?: (attrs: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** Warnings for the log of the import about the fields that an entry sets. */
  readonly warnings?: (request: object) => readonly string[];
  /** How an object is exported and compared; models without it are never exported. */
  readonly exported?: {
    /** Its identifiers in the file, apart from its `pk`. */
    readonly identifiers: readonly string[];
    /** The object as the API returns it. */
    read(manager: EntityManager, pk: string): Promise<object>;
  };
}
