import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { Rejection } from '../fields/coercions.js';
import { field } from '../fields/field.js';
import { message } from '../messages/messages.js';

/** Columns of a list: output name, and property (`alias.property`). */
export type Columns = Readonly<Record<string, string>>;

/** Columns, search and order of a list. Names are output names, keys of `columns`. */
export interface ListDeclaration {
  readonly columns: Columns;
  /** Searched properties (`alias.property`). */
  readonly search: readonly string[];
  /** Names allowed in `ordering`; others are ignored. */
  readonly ordering: readonly string[];
  /** Default order; a leading `-` means descending. */
  readonly order: readonly string[];
}

/** Adds the condition of a filter to a query. `parameter` is a unique parameter name. */
export type Condition = (builder: SelectQueryBuilder<ObjectLiteral>, value: unknown, parameter: string) => void;

const declarationKey = Symbol('list declaration');
const conditionsKey = Symbol('filter conditions');

type Class = abstract new () => object;

/** Class decorator of a list query; its properties are the filters. */
export function ListOf(declaration: ListDeclaration): (target: Class) => void {
  return (target) => {
    Reflect.defineMetadata(declarationKey, declaration, target);
  };
}

/** Returns the declaration of a list query. @throws Error if there is none */
export function listOf(type: Class): ListDeclaration {
  const declaration = Reflect.getMetadata(declarationKey, type) as ListDeclaration | undefined;
  if (declaration === undefined) throw new Error(`${type.name} has no @ListOf`);
  return declaration;
}

/** Registers the condition of a filter. */
export function declareCondition(target: object, name: string, condition: Condition): void {
  Reflect.defineMetadata(conditionsKey, new Map([...conditionsOf(target), [name, condition]]), target);
}

/** Returns the conditions of a list query, by parameter name. */
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
  if (text.length > longestSearch) throw new Rejection([message('maxLength', { limit: longestSearch })]);
  if (wordsOf(text).length > mostWords) throw new Rejection([`Ensure this field has no more than ${mostWords} words.`]);
  return raw;
}

/** The different words of a search. */
export function wordsOf(text: string): string[] {
  const words = text.replaceAll('\0', '').split(/[\s,]+/);
  return [...new Set(words)].filter((word) => word !== '');
}

/** The parameters of every list. */
export abstract class ListQuery {
  @field({ type: 'string' }, asIs, {
    description: 'Fields to sort by, separated by commas; a leading `-` means descending.',
  })
  ordering?: string;

  @field({ type: 'integer' }, asIs, { description: 'Page number, from 1, or `last`.' })
  page?: string;

  @field({ type: 'integer' }, asIs, { description: 'Rows on a page; 100 if not given.' })
  page_size?: string;

  @field({ type: 'string' }, search, { description: 'Search terms; all must match.' })
  search?: string;
}
