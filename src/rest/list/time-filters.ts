import { type Coercion, dateTime, Rejection } from '../fields/coercions.js';
import { filter, type FilterOptions, textOf } from './filters.js';
import type { Condition } from './list-query.js';

/** At or after a timestamp. */
export function NotBeforeFilter(options: FilterOptions): PropertyDecorator {
  return timeFilter('>=', options);
}

/** At or before a timestamp. */
export function NotAfterFilter(options: FilterOptions): PropertyDecorator {
  return timeFilter('<=', options);
}

/** A timestamp that changes the response, not the filter. */
export function TimeOption({ description }: { description: string }): PropertyDecorator {
  return filter({ type: 'string', format: 'date-time' }, moment, (builder) => builder, { description });
}

function timeFilter(comparison: '>=' | '<=', { on, ...options }: FilterOptions): PropertyDecorator {
  const condition: Condition = (builder, value, parameter) =>
    builder.andWhere(`${on} ${comparison} :${parameter}`, { [parameter]: value });
  return filter({ type: 'string', format: 'date-time' }, moment, condition, options);
}

const moment: Coercion<Date | undefined> = (raw) => {
  const text = textOf(raw);
  if (text === '') return undefined;
  try {
    return dateTime()(text);
  } catch {
    throw new Rejection(['Enter a valid date/time.']);
  }
};
