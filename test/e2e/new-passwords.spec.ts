import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { applyBlueprints } from '../factories/default-flows.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const tooShort = 'Use at least 8 characters.';
const tooLong = 'This password is too long. Use at most 1,024 bytes.';
const common = 'This is one of the most common passwords. Choose one that nobody else uses.';
const personal = 'Do not use your name, user name or email address, or the name of this service, as the password.';
const weak =
  'This password is easy to guess. Make it longer, for example with several words that do not belong together.';

const long = 'correct horse battery staple '.repeat(40);

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ BRAND_NAME: 'Rosebud Club' });
});
afterAll(() => app.stop());

const text = (field_key: string): { field_key: string } => ({ field_key });
const password = { field_key: 'password', type: 'password' as const };
const repeated = { field_key: 'password_repeat', type: 'password' as const };

function refused(messages: Record<string, string[]>): unknown {
  return Object.fromEntries(
    Object.entries(messages).map(([field, all]) => [field, all.map((string) => ({ string, code: 'invalid' }))]),
  );
}

describe('set_password', () => {
  it.each([
    ['Kx8!vq2', [tooShort]],
    [long.slice(0, 1025), [tooLong]],
    ['iloveyou', [common]],
    ['12345', [tooShort, common]],
    ['B4rtholomew-1', [personal]],
    ['bartholomew.k@example.org', [personal]],
    ['rosebud club', [personal]],
    ['abcabcabcabc', [weak]],
  ])('refuses %j', async (secret, messages) => {
    const { pk } = await createUser(app.api, { name: 'Bartholomew Kaiser', email: 'bartholomew.k@example.org' });
    const answer = await app.api.post(`/core/users/${pk}/set_password/`, { password: secret });
    expect(answer).toMatchObject({ status: 400, body: { password: messages } });
    const [user] = await app.dataSource.query<{ password_hash: string }[]>(
      'select password_hash from "user" where id = $1',
      [pk],
    );
    expect(user?.password_hash).toBe('');
  });

  it('accepts a password of 1,024 bytes', async () => {
    const { pk } = await createUser(app.api);
    expect((await app.api.post(`/core/users/${pk}/set_password/`, { password: long.slice(0, 1024) })).status).toBe(204);
  });
});

describe('A form of a flow', () => {
  it('reports an invalid new password at its field, together with all other errors', async () => {
    await createUser(app.api, { username: 'taken-here' });
    const fields = [{ field_key: 'username', type: 'username' as const }, text('name'), password, repeated];
    const stage = await createPromptStage(app.api, fields);
    const { slug } = (await createFlowWith(app.api, [stage.pk], { designation: 'enrollment' })).flow;
    const visitor = new Visitor(app.url);
    const typed = { username: 'taken-here', name: '', password: '12345678', password_repeat: '1234567' };
    expect((await visitor.answer(slug, typed)).response_errors).toEqual({
      username: [{ string: 'Username is already taken.', code: 'invalid' }],
      name: [{ string: 'This field may not be blank.', code: 'blank' }],
      ...(refused({ password: [common], non_field_errors: ["Passwords don't match."] }) as object),
    });
    const own = { username: 'marmaduke', name: 'Some Body', password: 'm4rmaduke-7', password_repeat: 'm4rmaduke-7' };
    expect((await visitor.answer(slug, own)).response_errors).toEqual(refused({ password: [personal] }));
    const good = { ...own, password: 'a new secret', password_repeat: 'a new secret' };
    expect(await visitor.answer(slug, good)).toEqual({ component: 'xak-flow-redirect', to: '/' });
  });

  it('refuses a password that contains names of the account or earlier answers of the run', async () => {
    const user = await createUser(app.api, { name: 'Cornelius Vanderbilt' });
    const identification = await createStage(app.api, 'identification');
    const first = await createPromptStage(app.api, [text('email')]);
    const second = await createPromptStage(app.api, [password]);
    const { slug } = (await createFlowWith(app.api, [identification.pk, first.pk, second.pk])).flow;
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username });
    await visitor.answer(slug, { email: 'montgomery@example.org' });
    for (const secret of ['vanderbilt1877', 'Montgomery!']) {
      const { response_errors } = await visitor.answer(slug, { password: secret });
      expect(response_errors).toEqual(refused({ password: [personal] }));
    }
  });

  it('refuses a weak password also in a text field', async () => {
    const stage = await createPromptStage(app.api, [text('password')]);
    const { slug } = (await createFlowWith(app.api, [stage.pk])).flow;
    const { response_errors } = await new Visitor(app.url).answer(slug, { password: 'aaaaaaaaaaaa' });
    expect(response_errors).toEqual(refused({ password: [weak] }));
  });

  it('shows the error in the visitor’s language on pages, without the password', async () => {
    const stage = await createPromptStage(app.api, [password]);
    const { slug } = (await createFlowWith(app.api, [stage.pk])).flow;
    const browser = new PageBrowser(app.url, { 'accept-language': 'de' });
    await browser.open(`/if/flow/${slug}/`);
    const { html } = await browser.submit({ password: 'short' });
    expect(html).toContain('Bitte verwenden Sie mindestens 8 Zeichen.');
    expect(html).not.toContain('value="short"');
  });

  it('shows the error of a stricter default policy in the visitor’s language', async () => {
    await applyBlueprints(app);
    const { results } = (await app.api.get('/policies/password/?name=default-password-policy')).body;
    await app.api.patch(`/policies/password/${results[0].pk}/`, { length_min: 30 });
    const validation_policies = [results[0].pk];
    const stage = await createPromptStage(app.api, [password], { validation_policies });
    const { slug } = (await createFlowWith(app.api, [stage.pk])).flow;
    const browser = new PageBrowser(app.url, { 'accept-language': 'de' });
    await browser.open(`/if/flow/${slug}/`);
    const { html } = await browser.submit({ password: 'never to be read, 1' });
    expect(html).toContain('Dieses Passwort kann nicht verwendet werden. Bitte wählen Sie ein anderes.');
    expect(html).not.toContain('characters');
  });
});
