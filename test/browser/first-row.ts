import type { Locator, Page } from 'playwright-core';

/**
 * Searches a list for each text of `rows`, and waits for its row.
 *
 * @param rows the text of a row that each search finds, by the search
 * @returns the least milliseconds from the answer of the service to the row: other tests may delay some
 */
export async function timeOfFirstRow(
  page: Page,
  list: Locator,
  box: Locator,
  rows: Readonly<Record<string, RegExp>>,
): Promise<number> {
  const times: number[] = [];
  for (const [search, row] of Object.entries(rows)) {
    const answered = page
      .waitForResponse((response) => new URL(response.url()).searchParams.get('search') === search)
      .then(async (response) => {
        await response.finished();
        return performance.now();
      });
    await box.fill(search);
    const answer = await answered;
    await list.getByText(row).first().waitFor();
    times.push(performance.now() - answer);
  }
  return Math.min(...times);
}
