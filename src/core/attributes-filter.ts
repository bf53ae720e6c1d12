import { dictionary, Rejection } from '../rest/fields/coercions.js';
import { parseJson } from '../rest/http/request-body.js';
import { filter, textOf } from '../rest/list/filters.js';
import type { Condition } from '../rest/list/list-query.js';

/**
 * Filters by attributes, given as a JSON object (management API, section 9.3): all keys must have exactly these values. A
 * key with `__` refers to a nested object.
 *
 * @param on the property (`alias.property`) of the attributes
 */
export function AttributesFilter(on: string): PropertyDecorator {
  const condition: Condition = (builder, value, parameter) => {
    Object.entries(value as Record<string, unknown>).forEach(([key, wanted], index) => {
      const [path, json] = [`${parameter}_path_${index}`, `${parameter}_value_${index}`];
      builder.andWhere(`${on} #> cast(:${path} as text[]) = cast(:${json} as jsonb)`, {
        [path]: key.split('__'),
        [json]: JSON.stringify(wanted),
      });
    });
  };
  return filter({ type: 'string' }, attributesOf, condition, { description: 'Attributes, as a JSON object.' });
}

/** @throws Rejection unless it is a JSON object that the database can compare with */
export function attributesOf(raw: unknown): Record<string, unknown> {
  const value = jsonOf(textOf(raw));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Rejection(['filter: value must be key:value mapping']);
  }
  return dictionary()(value);
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch {
    throw new Rejection(['filter: failed to parse JSON']);
  }
}
