import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage } from '../factories/prompt.js';
import { createProofFlow } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { PageBrowser } from '../support/page-browser.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});
beforeEach(() => app.dataSource.query('delete from "request_limit"'));

/** The `<input>` tag of a field. */
const inputOf = (html: string, name: string): string =>
  new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(html)?.[0] ?? '';
const countOf = (html: string, text: string): number => html.split(text).length - 1;

describe('Two different passwords', () => {
  const differ = 'The passwords do not match.';

  it('are both marked with the message, and the first field gets the focus', async () => {
    const { pk } = await createPromptStage(app.api, [
      { field_key: 'username', label: 'Username', type: 'username' },
      { field_key: 'password', label: 'Password', type: 'password' },
      { field_key: 'password_repeat', label: 'Repeat password', type: 'password' },
    ]);
    const { flow } = await createFlowWith(app.api, [pk]);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${flow.slug}/`);
    const { html } = await browser.submit({
      username: 'ada',
      password: 'one secret',
      password_repeat: 'another secret',
    });
    const [password, repeated] = [inputOf(html, 'password'), inputOf(html, 'password_repeat')];
    for (const field of [password, repeated]) {
      expect(field).toContain('aria-invalid="true"');
      const [, notes = ''] = /aria-describedby="([^"]+)"/.exec(field) ?? [];
      expect(html).toContain(`<p class="wrong" id="${notes}">${differ}</p>`);
    }
    expect([password.includes(' autofocus'), repeated.includes(' autofocus')]).toEqual([true, false]);
    expect(inputOf(html, 'username')).not.toContain('aria-invalid');
    // Once at each field, and once for screen readers.
    expect(countOf(html, differ)).toBe(3);
    expect(html).toMatch(/class="hidden-name" role="alert"/);
  });
});

describe('A password field', () => {
  it.each([true, false])('can be shown while it is typed (allow_show_password: %s)', async (allow_show_password) => {
    const { pk: name } = await createStage(app.api, 'identification');
    const { pk: password } = await createStage(app.api, 'password', { allow_show_password });
    const { slug } = (await createFlowWith(app.api, [name, password])).flow;
    const { username } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    const { html } = await browser.submit({ uid_field: username });
    expect(html).toMatch(
      /<div class="secret" data-show="Show" data-hide="Hide" data-label="Show password"><input[^>]*type="password"/,
    );
  });
});

describe('A rate limit', () => {
  it('is shown once on the page after too many requests for an email', async () => {
    const { slug } = await createProofFlow(app.api, port, { email: { recovery_max_attempts: 1 } });
    const { email } = await createPasswordUser(app.api);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    await browser.submit({ uid_field: email });
    const { html } = await browser.submit({}, 1);
    expect(html).not.toContain('Too many attempts.');
    expect(countOf(html, 'You can request another email')).toBe(1);
  });
});
