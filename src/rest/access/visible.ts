import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from './route-access.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard. */
    visible?: VisibleRows;
    /** The row of the path, if the route looks it up first. Set by the access guard. */
    current?: object;
  }
}

/** Parameter decorator: the caller's visibility scope. */
export const Visible = createParamDecorator((_: unknown, context: ExecutionContext): VisibleRows => {
  return context.switchToHttp().getRequest<FastifyRequest>().visible ?? everyRow;
});

/** Parameter decorator: the entity of the path, on a route that looks it up first. */
export const Current = createParamDecorator((_: unknown, context: ExecutionContext): object => {
  const { current } = context.switchToHttp().getRequest<FastifyRequest>();
  if (current === undefined) throw new Error('this route looks nothing up');
  return current;
});

/** Restricts a query to the visibility scope. `owner` is the property with a row's owner or creator. */
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
    case 'createdOr':
      return restrict(builder, visible.among).andWhere(
        `(${builder.alias}.${owner ?? 'owner'} = :creator or (${builder.alias}.pk)::text = any(:controlledKeys))`,
        { creator: visible.creator, controlledKeys: visible.keys },
      );
    case 'owned':
      return builder.andWhere(`${builder.alias}.${owner ?? 'owner'} = :visibleOwner`, { visibleOwner: visible.owner });
  }
}
