import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { passwordStrength } from '../../src/core/passwords/password-strength.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordPolicy } from '../factories/password-policy.js';
import { createPromptStage } from '../factories/prompt.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SIGN_UP_CLIENT_LIMIT: '1', SIGN_UP_CLIENT_WINDOW: '600', TRUST_PROXY: '127.0.0.1' });
});
afterAll(() => app.stop());
beforeEach(() => app.dataSource.query('delete from request_limit'));

const name = { field_key: 'name' };
const password = { field_key: 'password', type: 'password' as const };
const policyMessage = 'Password is too weak.';
const tooMany = [{ string: 'Too many attempts. Please try again after 10 minutes.', code: 'invalid' }];

async function formWith(fields: { field_key: string }[], validation_policies: string[] = []): Promise<string> {
  const stage = await createPromptStage(app.api, fields, { validation_policies });
  return (await createFlowWith(app.api, [stage.pk], { designation: 'enrollment' })).flow.slug;
}

/** Sends a form. @returns the keys and texts of the errors */
async function errorsOf(slug: string, form: object, ip = '192.0.2.1'): Promise<[string, unknown[]][]> {
  const path = `/flows/executor/${slug}/?query=`;
  const { body } = await new Visitor(app.url).request('POST', path, { json: form, headers: { 'x-forwarded-for': ip } });
  const errors = Object.entries<{ string: string }[]>(body.response_errors);
  return errors.map(([key, all]) => [key, all.map(({ string }) => string)]);
}

const counts = (): Promise<unknown[]> =>
  app.dataSource.query(`select from request_limit where key like 'new-password:%'`);

describe('The strength of a password', () => {
  it('is checked only if the rest of the form is valid', async () => {
    const { pk } = await createPasswordPolicy(app.api, { check_zxcvbn: true, zxcvbn_score_threshold: 4 });
    const slug = await formWith([name, password], [pk]);
    expect((await errorsOf(slug, { name: '', password: 'abcabcabcabc' })).map(([key]) => key)).toEqual(['name']);
    expect((await errorsOf(slug, { name: '', password: 'iloveyou' })).map(([key]) => key)).toEqual([
      'name',
      'password',
    ]);
    expect(await counts()).toEqual([]);
    expect((await errorsOf(slug, { name: 'x', password: 'abcabcabcabc' })).map(([key]) => key)).toEqual(['password']);
    expect(await errorsOf(slug, { name: 'x', password: 'never to be read' })).toEqual([
      ['non_field_errors', [policyMessage]],
    ]);
    expect(await counts()).toHaveLength(1);
  });

  it('is not checked by a policy if another policy refuses the form', async () => {
    const strong = await createPasswordPolicy(app.api, {
      name: 'a strong',
      check_zxcvbn: true,
      password_field: 'name',
    });
    const long = await createPasswordPolicy(app.api, { name: 'b long', length_min: 30, error_message: 'Longer.' });
    const slug = await formWith([name], [strong.pk, long.pk]);
    expect(await errorsOf(slug, { name: 'x' })).toEqual([['non_field_errors', ['Password not set in context']]]);
    expect(await counts()).toEqual([]);
  });

  it.each<[string, { field_key: string }[], object]>([
    ['a password', [name, password], { name: 'x', password: 'abcabcabcabc' }],
    ['an answer checked by a policy', [name], { name: 'abcabcabcabc' }],
  ])('of %s is checked ten times per allowed sign-up of a client network', async (_, fields, form) => {
    const { pk } = await createPasswordPolicy(app.api, { check_zxcvbn: true, password_field: 'name' });
    const slug = await formWith(fields, fields.length > 1 ? [] : [pk]);
    const answers = await Promise.all(Array.from({ length: 15 }, () => errorsOf(slug, form)));
    const refused = answers.filter(([first]) => String(first?.[1]).startsWith('Too many attempts.'));
    expect(refused).toHaveLength(5);
    expect(refused[0]).toEqual([['non_field_errors', [tooMany[0]!.string]]]);
    expect(await errorsOf(slug, form, '192.0.2.2')).not.toEqual(refused[0]);
  });

  it('is not checked while too many checks wait: 503 with Retry-After, as JSON and as a page', async () => {
    const slug = await formWith([name, password]);
    const form = { name: 'x', password: 'abcabcabcabc' };
    const visitor = new Visitor(app.url);
    await visitor.see(slug);
    const browser = new PageBrowser(app.url);
    await browser.open(`/if/flow/${slug}/`);
    const waiting: Promise<unknown>[] = [];
    let isOver = false;
    const keepFull = (): void => {
      for (let free = 0; free < 101 && !isOver; free += 1) {
        waiting.push(passwordStrength('Kx8!vq2#mZ', []).then(keepFull, () => undefined));
      }
    };
    keepFull();
    const answer = await visitor.post(slug, form);
    const page = await browser.submit(form);
    isOver = true;
    await Promise.all(waiting);
    expect([answer.status, answer.body]).toEqual([503, { detail: expect.any(String) }]);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await visitor.answer(slug, form)).response_errors).toHaveProperty('password');
  });
});
