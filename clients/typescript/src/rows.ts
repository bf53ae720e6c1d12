import { dataOf } from './client.js';

/** A page of a list, as every list of the API returns it. */
interface Page<T> {
  /** `next` is the number of the next page, or 0. */
  readonly pagination: { readonly next: number };
  readonly results: readonly T[];
}

/**
 * Returns all rows of a list, page by page.
 *
 * @param read requests one page, for example `(page) => client.GET('/core/users/', { params: { query: { page } } })`
 * @throws ApiError if a page cannot be read
 */
export async function* rowsOf<T>(
  read: (page: number) => Promise<{ data?: Page<T>; error?: unknown; response: Response }>,
): AsyncGenerator<T, void, undefined> {
  for (let page = 1; page > 0;) {
    const { pagination, results } = await dataOf(read(page));
    yield* results;
    page = pagination.next;
  }
}
