import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from "session"'));

/** Characters of the largest session. */
async function largestSession(): Promise<number> {
  const [row] = await app.dataSource.query<{ size: number }[]>('select max(length(state)) as size from "session"');
  return row?.size ?? 0;
}

describe('A session', () => {
  it('holds no long answer once it is stored with the user', async () => {
    const form = await createPromptStage(app.api, [
      { field_key: 'username' },
      { field_key: 'attributes.picture', type: 'file' },
      { field_key: 'attributes.colour' },
    ]);
    const write = await createStage(app.api, 'user_write', { user_creation_mode: 'always_create' });
    const last = await createPromptStage(app.api, [{ field_key: 'attributes.colour', label: 'Colour' }]);
    const { flow } = await createFlowWith(app.api, [form.pk, write.pk, last.pk], { designation: 'enrollment' });
    const [username, picture] = [randomUUID(), `data:image/png;base64,${'A'.repeat(300_000)}`];
    const visitor = new Visitor(app.url);
    await visitor.see(flow.slug);
    const answer = { username, 'attributes.picture': picture, 'attributes.colour': 'red' };
    expect(await visitor.answer(flow.slug, answer)).toMatchObject({ fields: [{ initial_value: 'red' }] });
    const [user] = (await app.api.get(`/core/users/?username=${username}`)).body.results;
    expect(user.attributes).toEqual({ picture, colour: 'red' });
    expect(await largestSession()).toBeLessThan(6_000);
  });

  it('keeps what was typed into a rejected form of a page, but no long text', async () => {
    const form = await createPromptStage(app.api, [
      { field_key: 'username' },
      { field_key: 'notes', type: 'text_area' },
    ]);
    const { flow } = await createFlowWith(app.api, [form.pk], { designation: 'enrollment' });
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow.slug}/`);
    const page = await browser.submit({ username: 'somebody-new', notes: 'x'.repeat(60_000) });
    expect(page.html).toContain('somebody-new');
    expect(page.html).not.toContain('xxxxx');
    expect(await largestSession()).toBeLessThan(6_000);
  });

  it('holds no more of a link than a token has', async () => {
    const { flow } = await createFlowWith(app.api, []);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow.slug}/?flow_token=${'x'.repeat(12_000)}`);
    expect(await largestSession()).toBeLessThan(6_000);
  });
});
