import { describe, expect, it } from 'vitest';

import { paginationOf, rangeOf } from './page.js';

describe('a page', () => {
  it.each<[count: number, query: object, pagination: number[]]>([
    [0, {}, [0, 0, 0, 1, 1, 0, 0]],
    [1, {}, [0, 0, 1, 1, 1, 1, 1]],
    [100, {}, [0, 0, 100, 1, 1, 1, 100]],
    [101, {}, [2, 0, 101, 1, 2, 1, 100]],
    [101, { page: '2' }, [0, 1, 101, 2, 2, 101, 101]],
    [5, { page: '2', page_size: '2' }, [3, 1, 5, 2, 3, 3, 4]],
    [5, { page: 'last', page_size: '2' }, [0, 2, 5, 3, 3, 5, 5]],
    [0, { page: 'last' }, [0, 0, 0, 1, 1, 0, 0]],
    [5, { page_size: '100000' }, [0, 0, 5, 1, 1, 1, 5]],
  ])('of %i rows with the query %j has the pagination %j', (count, query, expected) => {
    expect(Object.entries(paginationOf(query, count))).toEqual([
      ['next', expected[0]],
      ['previous', expected[1]],
      ['count', expected[2]],
      ['current', expected[3]],
      ['total_pages', expected[4]],
      ['start_index', expected[5]],
      ['end_index', expected[6]],
    ]);
  });

  it('has an offset and a limit', () => {
    expect(rangeOf({ page: '3', page_size: '20' })).toEqual({ offset: 40, limit: 20 });
    expect(rangeOf({ page: 'last', page_size: '20' }, 81)).toEqual({ offset: 80, limit: 20 });
    expect(rangeOf({ page: 'last' }, 0)).toEqual({ offset: 0, limit: 100 });
  });

  it.each(['1', ' 1', '1 ', '01', '+1', '\t1\n', '٠١', '１', '𝟙', '0_1'])(
    'with the number %j is the first page',
    (page) => {
      expect(paginationOf({ page, page_size: '2' }, 5).current).toBe(1);
    },
  );

  it.each([
    ...['4', '0', '-1', 'abc', '1.0', '1.5', '1e0', '', ' ', '\0', '1\0', 'LAST', 'last ', 'null', '--1', '1_', '²'],
    ...['99999999999999999999999', '1'.repeat(500)],
  ])('with the number %j answers 404', (page) => {
    expect(() => paginationOf({ page, page_size: '2' }, 5)).toThrow(
      expect.objectContaining({ code: 'invalidPage', status: 404, message: 'Invalid page.' }),
    );
  });

  it('of an empty list can only be the first page', () => {
    expect(paginationOf({ page: '1' }, 0).current).toBe(1);
    expect(() => paginationOf({ page: '2' }, 0)).toThrow('Invalid page.');
  });

  it.each<[string, number]>([
    ['1', 1],
    ['2', 2],
    [' 2', 2],
    ['+2', 2],
    ['1_0', 10],
    ['٢', 2],
    ['10000', 10_000],
    ['100000', 10_000],
    ['0', 100],
    ['-1', 100],
    ['', 100],
    ['abc', 100],
    ['1.5', 100],
    ['2.0', 100],
    ['1e1', 100],
    ['last', 100],
    ['2\0', 100],
  ])('of the size %j has at most %i rows', (size, limit) => {
    expect(rangeOf({ page_size: size }).limit).toBe(limit);
  });

  it('of a size above the range of the database has at most 10,000 rows', () => {
    expect(rangeOf({ page_size: '9'.repeat(400) })).toEqual({ offset: 0, limit: 10_000 });
  });
});
