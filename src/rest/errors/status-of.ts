import { HttpException } from '@nestjs/common';

import { AppError } from './app-error.js';
import { asDatabaseOutage } from './database-outage.js';

/** The HTTP status of the answer to an error; 500 for an unexpected one. */
export function statusOf(error: unknown): number {
  if (error instanceof AppError) return error.status;
  if (error instanceof HttpException) return error.getStatus();
  if (asDatabaseOutage(error) !== undefined) return 503;
  // What Fastify refuses by itself has a `statusCode`.
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}
