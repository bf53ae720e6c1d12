import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from './route-access.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard. */
    visible?: VisibleRows;
    /** The row that the path names, when the route has it looked up first. Set by the access guard. */
    current?: object;
  }
}

/** The rows that the caller of this route may deal with. */
export const Visible = createParamDecorator((_: unknown, context: ExecutionContext): VisibleRows => {
  return context.switchToHttp().getRequest<FastifyRequest>().visible ?? everyRow;
});

/** The stored object (its entity) that the path names, on a route that has it looked up. */
export const Current = createParamDecorator((_: unknown, context: ExecutionContext): object => {
  const { current } = context.switchToHttp().getRequest<FastifyRequest>();
  if (current === undefined) throw new Error('this route looks nothing up');
  return current;
});

/** Leaves the rows of a statement that the caller may deal with. `owner` is the property that names a row's owner. */
export function restrict<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  visible: VisibleRows,
  owner?: string,
): SelectQueryBuilder<T> {
  switch (visible.kind) {
    case 'all':
      return builder;
    case 'keys':
      return builder.andWhere(`(${builder.alias}.pk)::text = any(:visibleKeys)`, { visibleKeys: visible.keys });
    case 'owned':
      return builder.andWhere(`${builder.alias}.${owner ?? 'owner'} = :visibleOwner`, { visibleOwner: visible.owner });
  }
}
