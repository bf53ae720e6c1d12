import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { AppError } from '../../rest/errors/app-error.js';
import { GenericErrorDto } from '../../rest/openapi/error.dto.js';
import { type Limit, RequestLimits } from './request-limits.service.js';

const metadataKey = 'limit per user';

interface NamedLimit extends Limit {
  /** Routes with the same name share the limit. */
  readonly name: string;
}

/** Refuses (429) a caller who has made too many requests. Runs after the access guard: only callers who may count. */
@Injectable()
class UserLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limits: RequestLimits,
  ) {}

  /** @throws AppError `tooManyRequests`, with `Retry-After` in seconds */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const limit = this.reflector.get<NamedLimit>(metadataKey, context.getHandler());
    const { caller, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    if (caller === undefined) throw new Error(`${routeOptions.url} is public and cannot be limited per user`);
    const wait = await this.limits.count(`${limit.name}:${caller.pk}`, limit);
    if (wait === 0) return true;
    throw new AppError('tooManyRequests', String(wait));
  }
}

/** Rate-limits a route per user. */
export function LimitedPerUser(limit: NamedLimit): MethodDecorator {
  return applyDecorators(
    SetMetadata(metadataKey, limit),
    UseGuards(UserLimitGuard),
    ApiResponse({
      status: 429,
      description: `More than ${limit.times} of these requests in ${limit.seconds / 60} minutes.`,
      type: GenericErrorDto,
      headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
    }),
  );
}
