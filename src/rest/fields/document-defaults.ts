import { ApiProperty } from '@nestjs/swagger';
import { getMetadataArgsStorage } from 'typeorm';

import { camelCase } from './columns-of.js';
import { fieldsOf } from './field.js';

/**
 * Documents what a field gets that a request to create an object leaves out, as `x-default`: the value of a new entity, or
 * the default of its column. It is not `default`, which generators of clients take for a promise that responses have the field.
 */
export function DefaultsOf(entity: new () => object): ClassDecorator {
  return (request) => {
    const created = new entity() as Readonly<Record<string, unknown>>;
    const columns = getMetadataArgsStorage().filterColumns(entity);
    for (const [name, { options, schema }] of fieldsOf(request)) {
      const property = camelCase(name);
      const column = columns.find(({ propertyName }) => [property, `${property}Id`].includes(propertyName));
      if (options.required || options.writeOnly || column === undefined) continue;
      const value: unknown = created[column.propertyName] ?? column.options.default;
      if (!isPlain(value)) continue;
      const documented: object = { ...schema, 'x-default': value };
      ApiProperty(documented)(request.prototype as object, name);
    }
  };
}

function isPlain(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isPlain) : ['string', 'number', 'boolean'].includes(typeof value);
}
