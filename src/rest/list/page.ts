import { ApiProperty } from '@nestjs/swagger';

import { AppError } from '../errors/app-error.js';
import { asciiDigits } from '../fields/coercions.js';

const defaultSize = 100;

/** Where a page stands in its list (management API, section 1). Numbers of pages, never addresses; 0 is "none". */
export class PaginationDto {
  @ApiProperty({ type: 'number' }) next!: number;
  @ApiProperty({ type: 'number' }) previous!: number;
  @ApiProperty({ type: 'number' }) count!: number;
  @ApiProperty({ type: 'number' }) current!: number;
  @ApiProperty({ type: 'number' }) total_pages!: number;
  @ApiProperty({ type: 'number' }) start_index!: number;
  @ApiProperty({ type: 'number' }) end_index!: number;
}

/** A page of a list, as it is answered. */
export interface Page<T> {
  readonly pagination: PaginationDto;
  readonly results: readonly T[];
}

/** The slice of a list that a request asks for, and what is said of it. */
export interface Slice {
  readonly offset: number;
  readonly limit: number;
  readonly pagination: PaginationDto;
}

/**
 * The slice that `page` and `page_size` ask for, out of `count` rows.
 *
 * @throws AppError `invalidPage` unless `page` is absent, `last` or the number of a page that there is
 */
export function sliceOf(query: { page?: string; page_size?: string }, count: number): Slice {
  const size = sizeOf(query.page_size);
  const pages = Math.max(1, Math.ceil(count / size));
  const current = query.page === undefined ? 1 : query.page === 'last' ? pages : numberOf(query.page);
  if (!(current >= 1 && current <= pages)) throw new AppError('invalidPage');
  return {
    offset: (current - 1) * size,
    limit: size,
    pagination: {
      next: current < pages ? current + 1 : 0,
      previous: current - 1,
      count,
      current,
      total_pages: pages,
      start_index: count === 0 ? 0 : (current - 1) * size + 1,
      end_index: current === pages ? count : current * size,
    },
  };
}

function numberOf(text: string): number {
  const digits = asciiDigits(text.trim());
  return /^\+?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : Number.NaN;
}

function sizeOf(text: string | undefined): number {
  const size = numberOf(text ?? '');
  return size > 0 ? Math.min(size, 2 ** 31 - 1) : defaultSize;
}
