import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';

import { handOn } from '../http/abandoned-statement.js';
import { RequestBody } from '../http/request-body.js';
import { fieldsOf, type RuleContext } from './field.js';
import { readObject } from './read-object.js';

type Class = abstract new () => object;

/**
 * Converts bodies and query strings to the classes that a controller's method declares. Runs after the guards, so a caller
 * without permission gets 403 for any input (management API, section 0).
 */
@Injectable()
export class RequestPipe implements PipeTransform {
  constructor(
    private readonly dataSource: DataSource,
    private readonly moduleRef: ModuleRef,
  ) {}

  /** @throws ValidationError or AppError for invalid input */
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (metatype === undefined || fieldsOf(metatype).size === 0) return value;
    const target = metatype as Class;
    if (value instanceof RequestBody) return readObject(target, value.json(), this.context(value.current));
    if (type === 'query') {
      const query = await readObject(target, lastOccurrences(target, value as object), this.context());
      handOn(value as object, query);
      return query;
    }
    return value;
  }

  private context(current?: object): RuleContext {
    return {
      manager: this.dataSource.manager,
      current,
      resolve: (token) => this.moduleRef.get<never>(token, { strict: false }),
    };
  }
}

/** Keeps only the last value of a repeated parameter, unless it takes several values. */
function lastOccurrences(type: Class, query: object): object {
  const several = (name: string): boolean => fieldsOf(type).get(name)?.schema.type === 'array';
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).map(([name, value]) => [
      name,
      Array.isArray(value) && !several(name) ? (value as unknown[]).at(-1) : value,
    ]),
  );
}
