import type { PipeTransform } from '@nestjs/common';

import { AppError } from '../errors/app-error.js';
import { parseUuid } from './uuid.js';

/**
 * Parses the key in a path.
 *
 * @throws AppError `notFound` for an invalid key
 */
export class KeyPipe implements PipeTransform<string, string | number> {
  constructor(private readonly format: 'uuid' | 'integer' | 'text') {}

  transform(text: string): string | number {
    return parseKey(this.format, text);
  }
}

/** Like `KeyPipe`, for code outside of a pipe. */
export function parseKey(format: 'uuid' | 'integer' | 'text', text: string): string | number {
  const key = format === 'uuid' ? parseUuid(text) : format === 'integer' ? parseInteger(text) : text;
  if (key === undefined || (typeof key === 'string' && key.includes('\0'))) throw new AppError('notFound');
  return key;
}

function parseInteger(text: string): number | undefined {
  return /^\d{1,9}$|^[12]\d{9}$/.test(text) && Number(text) < 2 ** 31 ? Number(text) : undefined;
}
