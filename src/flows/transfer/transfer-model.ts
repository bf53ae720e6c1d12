import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

import type { Subject } from '../../core/authority/read-standings.js';

/** A field that names objects. */
export interface Identifier {
  /** What it is compared with, in a statement that calls the object `row`. */
  readonly on: string;
  readonly type: 'text' | 'uuid' | 'integer' | 'json';
}

/** A model whose objects files can refer to. */
export interface FindableModel {
  /** The reference's name, in lower case: `authentik_flows.flow`. Its permissions count for files as for the API. */
  readonly model: string;
  readonly entity: EntityTarget<ObjectLiteral>;
  /** The fields that identify an object, apart from its `pk`. */
  readonly identifiers: Readonly<Record<string, Identifier>>;
}

/** What denies in place of a stage or a policy that was left out. */
export type StandIn = 'stage' | 'policy';

/** Writes objects of a model in the caller's transaction. */
interface TransferStore {
  insert(manager: EntityManager, request: object, pk: string): Promise<unknown>;
  change(manager: EntityManager, pk: string, request: object): Promise<unknown>;
  remove(row: { readonly pk: string }, manager: EntityManager): Promise<unknown>;
}

/** A model whose objects files can hold. */
export interface TransferModel extends FindableModel {
  /** What an entry may say of a new object, and of one that is there: the requests of the API, with their rules. */
  readonly request: abstract new () => object;
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
  /** Fields of the API that no file may set. */
  readonly withheld?: readonly string[];
  /** How an object is exported; models without it are not exported. */
  readonly exported?: {
    /** Its identifiers in the file, apart from its `pk`. */
    readonly identifiers: readonly string[];
    /** The object as the API returns it. */
    read(manager: EntityManager, pk: string): Promise<object>;
  };
}
