import { Brackets, type EntityManager, type WhereExpressionBuilder } from 'typeorm';

import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { integer } from '../../rest/fields/coercions.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import { fieldsOf } from '../../rest/fields/field.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { BlueprintError } from './blueprint-error.js';
import type { FindableModel, Identifier } from './transfer-model.js';

/** Search criteria. */
export interface ObjectSearch {
  /** Primary key, which takes precedence; undefined if unknown. */
  readonly pk?: unknown;
  /** Field values, all of which must match. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Keys excluded from the match by fields. */
  readonly exceptFor?: readonly string[];
  readonly visible: VisibleRows;
}

/**
 * Returns the key of the object with the given key, else of the first one with the given fields.
 *
 * @throws BlueprintError for a field that is not an identifier of this model
 */
export async function findObject(
  manager: EntityManager,
  model: FindableModel,
  { pk, fields, exceptFor = [], visible }: ObjectSearch,
): Promise<string | number | undefined> {
  const rows = manager.createQueryBuilder(model.entity, 'row').select('row.pk', 'pk');
  const key = typeof pk === 'number' ? String(pk) : parseUuid(pk);
  const names = Object.entries(fields);
  rows.where(
    new Brackets((either) => {
      either.where('(row.pk)::text = :key', { key: key ?? '' });
      if (names.length === 0) return;
      either.orWhere(
        new Brackets((all) => {
          all.where('(row.pk)::text <> all(:exceptFor)', { exceptFor });
          for (const [index, [name, value]] of names.entries()) {
            matchField(all, identifierOf(manager, model, name), value, `value_${index}`);
          }
        }),
      );
    }),
  );
  rows.orderBy('(row.pk)::text = :key', 'DESC').addOrderBy('row.pk').limit(1);
  return (await restrict(rows, visible).getRawOne<{ pk: string | number }>())?.pk;
}

function identifierOf(manager: EntityManager, model: FindableModel, name: string): Identifier {
  if (name === 'pk') return { on: '(row.pk)::text', type: 'text' };
  const { identifiers } = model;
  const identifier = Object.hasOwn(identifiers, name) ? identifiers[name] : columnIdentifier(manager, model, name);
  if (identifier === undefined) throw new BlueprintError(`Invalid identifier field: ${name}`);
  return identifier;
}

/** Returns the column of a field of the API. Fields that are never read, such as passwords, identify nothing. */
function columnIdentifier(
  manager: EntityManager,
  { entity, request }: FindableModel,
  name: string,
): Identifier | undefined {
  const declaration = request === undefined ? undefined : fieldsOf(request).get(name);
  if (declaration === undefined || declaration.options.writeOnly) return undefined;
  const [property = ''] = Object.keys(columnsOf({ [name]: true }));
  const metadata = manager.dataSource.getMetadata(entity);
  const column = metadata.findColumnWithPropertyName(`${property}Id`) ?? metadata.findColumnWithPropertyName(property);
  const type = column?.isArray ? 'list' : identifierTypes[String(column?.type)];
  return column === undefined || type === undefined ? undefined : { on: `row.${column.propertyName}`, type };
}

const identifierTypes: Readonly<Record<string, Identifier['type']>> = {
  text: 'text',
  varchar: 'text',
  uuid: 'uuid',
  integer: 'integer',
  boolean: 'boolean',
  jsonb: 'json',
};

/** A value of the wrong type matches nothing. */
function matchField(rows: WhereExpressionBuilder, { on, type }: Identifier, value: unknown, parameter: string): void {
  const compared = value === null ? null : toComparable(type, value);
  if (compared === undefined) rows.andWhere('false');
  else if (compared === null) rows.andWhere(`${on} is null`);
  else if (type === 'list') rows.andWhere(`${on} = :${parameter}::text[]`, { [parameter]: compared });
  else if (type === 'json') rows.andWhere(`${on} @> :${parameter}::jsonb`, { [parameter]: compared });
  else rows.andWhere(`${on} = :${parameter}`, { [parameter]: compared });
}

function toComparable(
  type: Identifier['type'],
  value: unknown,
): string | number | boolean | readonly string[] | undefined {
  // PostgreSQL cannot store this character.
  if (JSON.stringify(value).includes('\\u0000')) return undefined;
  switch (type) {
    case 'text':
      return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
    case 'uuid':
      return parseUuid(value);
    case 'integer':
      return integerOf(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    case 'json':
      return typeof value === 'object' ? JSON.stringify(value) : undefined;
  }
}

function integerOf(value: unknown): number | undefined {
  try {
    return integer()(value);
  } catch {
    return undefined;
  }
}
