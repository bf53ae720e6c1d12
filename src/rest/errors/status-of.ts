import { HttpException } from '@nestjs/common';

import { AppError } from './app-error.js';

/** The status that a failure is answered with; 500 for one that nobody foresaw. */
export function statusOf(error: unknown): number {
  if (error instanceof AppError) return error.status;
  if (error instanceof HttpException) return error.getStatus();
  // What Fastify refuses by itself has a `statusCode`.
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}
