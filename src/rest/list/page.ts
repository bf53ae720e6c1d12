import { ApiProperty } from '@nestjs/swagger';

import { AppError } from '../errors/app-error.js';
import { asciiDigits } from '../fields/coercions.js';
import { pythonTrim } from '../fields/python-text.js';

const defaultSize = 100;

/** Rows that a page has at most. A larger `page_size` counts as this one, like `max_page_size` of Django REST framework. */
const largestSize = 10_000;

/** Position of a page in its list (management API, section 1): page numbers instead of links; 0 means none. */
export class PaginationDto {
  @ApiProperty({ type: 'number', description: 'Number of the next page; 0 if this is the last one.', example: 2 })
  next!: number;
  @ApiProperty({ type: 'number', description: 'Number of the previous page; 0 if this is the first one.', example: 0 })
  previous!: number;
  @ApiProperty({ type: 'number', description: 'Number of rows on all pages.', example: 142 }) count!: number;
  @ApiProperty({ type: 'number', description: 'Number of this page.', example: 1 }) current!: number;
  @ApiProperty({ type: 'number', description: 'Number of pages.', example: 2 }) total_pages!: number;
  @ApiProperty({ type: 'number', description: 'Position of the first row of this page.', example: 1 })
  start_index!: number;
  @ApiProperty({ type: 'number', description: 'Position of the last row of this page.', example: 100 })
  end_index!: number;
}

/** A page of a list. */
export interface Page<T> {
  readonly pagination: PaginationDto;
  readonly results: readonly T[];
}

/** The rows of a page. */
export interface Range {
  readonly offset: number;
  readonly limit: number;
}

interface PageQuery {
  readonly page?: string;
  readonly page_size?: string;
}

/**
 * Converts `page` and `page_size` to a range of rows. Only the last page needs the row count.
 *
 * @throws AppError `invalidPage` unless `page` is absent, `last` or a possible page number
 */
export function rangeOf(query: PageQuery, count = 0): Range {
  const limit = sizeOf(query.page_size);
  const offset = (numberOfPage(query, pagesOf(count, limit)) - 1) * limit;
  if (!(offset >= 0 && offset <= Number.MAX_SAFE_INTEGER)) throw new AppError('invalidPage');
  return { offset, limit };
}

/**
 * Returns the pagination object for `page` and `page_size` of `count` rows.
 *
 * @throws AppError `invalidPage` unless `page` is absent, `last` or the number of an existing page
 */
export function paginationOf(query: PageQuery, count: number): PaginationDto {
  const size = sizeOf(query.page_size);
  const pages = pagesOf(count, size);
  const current = numberOfPage(query, pages);
  if (!(current >= 1 && current <= pages)) throw new AppError('invalidPage');
  return {
    next: current < pages ? current + 1 : 0,
    previous: current - 1,
    count,
    current,
    total_pages: pages,
    start_index: count === 0 ? 0 : (current - 1) * size + 1,
    end_index: current === pages ? count : current * size,
  };
}

function pagesOf(count: number, size: number): number {
  return Math.max(1, Math.ceil(count / size));
}

function numberOfPage({ page }: PageQuery, pages: number): number {
  if (page === undefined) return 1;
  return page === 'last' ? pages : numberOf(page);
}

function numberOf(text: string): number {
  const digits = asciiDigits(pythonTrim(text));
  return /^\+?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : Number.NaN;
}

function sizeOf(text: string | undefined): number {
  const size = numberOf(text ?? '');
  return size > 0 ? Math.min(size, largestSize) : defaultSize;
}
