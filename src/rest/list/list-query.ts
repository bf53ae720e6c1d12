import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { Rejection, tooLongMessage } from '../fields/coercions.js';
import { field } from '../fields/field.js';

/** How the rows of a list are read: the output names, and the property (`alias.property`) behind each. */
export type Columns = Readonly<Record<string, string>>;

/** What a list can do besides its filters. Names are output names, that is keys of `columns`. */
export interface ListDeclaration {
  readonly columns: Columns;
  /** Properties (`alias.property`) that `search` looks into. */
  readonly search: readonly string[];
  /** Names that `ordering` may hold; others are ignored. */
  readonly ordering: readonly string[];
  /** The order when nothing else is asked for, first name first; a leading `-` turns it round. */
  readonly order: readonly string[];
}

/** Adds a filter's condition to a statement. `parameter` is a name that no other condition uses. */
export type Condition = (builder: SelectQueryBuilder<ObjectLiteral>, value: unknown, parameter: string) => void;

const declarationKey = Symbol('list declaration');
const conditionsKey = Symbol('filter conditions');

type Class = abstract new () => object;

/** Declares what a list can do; stands on its query class, whose properties are the filters. */
export function ListOf(declaration: ListDeclaration): (target: Class) => void {
  return (target) => {
    Reflect.defineMetadata(declarationKey, declaration, target);
  };
}

/** What `ListOf` declared. */
export function listOf(type: Class): ListDeclaration {
  const declaration = Reflect.getMetadata(declarationKey, type) as ListDeclaration | undefined;
  if (declaration === undefined) throw new Error(`${type.name} has no @ListOf`);
  return declaration;
}

/** Records what a filter adds to the statement. */
export function declareCondition(target: object, name: string, condition: Condition): void {
  Reflect.defineMetadata(conditionsKey, new Map([...conditionsOf(target), [name, condition]]), target);
}

/** The conditions of a query class, by parameter name. */
export function conditionsOf(target: object): ReadonlyMap<string, Condition> {
  return (Reflect.getMetadata(conditionsKey, target) as Map<string, Condition> | undefined) ?? new Map();
}

const asIs = (raw: unknown): unknown => raw;

/** Characters and different words of a search: each word is compared with every row. */
const longestSearch = 1_000;
const mostWords = 20;

/** @throws Rejection if the search is too long */
function search(raw: unknown): unknown {
  const text = String(raw);
  if (text.length > longestSearch) throw new Rejection([tooLongMessage(longestSearch)]);
  if (wordsOf(text).length > mostWords) throw new Rejection([`Ensure this field has no more than ${mostWords} words.`]);
  return raw;
}

/** The different words of a search. */
export function wordsOf(text: string): string[] {
  const words = text.replaceAll('\0', '').split(/[\s,]+/);
  return [...new Set(words)].filter((word) => word !== '');
}

/** The parameters that every list has. */
export abstract class ListQuery {
  @field({ type: 'string' }, asIs, {
    description: 'Names to sort by, comma separated; `-` in front turns the order round.',
  })
  ordering?: string;

  @field({ type: 'integer' }, asIs, { description: 'Number of the page, from 1, or `last`.' })
  page?: string;

  @field({ type: 'integer' }, asIs, { description: 'Rows on a page; 100 if not given.' })
  page_size?: string;

  @field({ type: 'string' }, search, { description: 'Words that must all occur.' })
  search?: string;
}
