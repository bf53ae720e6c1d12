import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** A flow of dummy stages, one after the other. @returns its slug */
async function dummyFlow(stages = 2, fields: object = {}): Promise<string> {
  const created = [];
  for (let index = 0; index < stages; index += 1) created.push((await createDummyStage(app.api)).pk);
  const { flow } = await createFlowWith(app.api, created, fields);
  return flow.slug;
}

describe('A page of a flow', () => {
  it('leads through the stages, with each form answered by a redirect', async () => {
    const slug = await dummyFlow(2, { title: 'Two steps' });
    const browser = new PageBrowser(app.url);
    const first = await browser.open(`/if/flow/${slug}/`);
    expect(first.status).toBe(200);
    expect(first.html).toContain('<h1>Two steps</h1>');
    await browser.submit();
    expect(browser.visited).toEqual([`/if/flow/${slug}/`, `/if/flow/${slug}/`, `/if/flow/${slug}/`]);
    await browser.submit();
    expect(browser.visited.at(-1)).toBe('/');
  });
});
