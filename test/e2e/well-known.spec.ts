import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDummyFlow } from '../factories/dummy-flow.js';
import { PageBrowser } from '../support/page-browser.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SECURITY_CONTACT: 'mailto:security@example.org', SECURITY_EXPIRES: '2027-06-30' });
});
afterAll(() => app.stop());

describe('/.well-known/', () => {
  it('redirects change-password to the recovery flow, or to the home page without one', async () => {
    const visitor = new PageBrowser(app.url);
    const target = async (): Promise<unknown> => {
      const { status, headers } = await visitor.ask('/.well-known/change-password');
      return [status, headers.get('location'), headers.get('cache-control')];
    };
    expect(await target()).toEqual([302, '/', 'no-store']);
    await createDummyFlow(app.api, 1, { slug: 'get-back-in', designation: 'recovery' });
    expect(await target()).toEqual([302, '/if/flow/get-back-in/', 'no-store']);
  });

  it('answers 404 for an unknown path, as password managers require', async () => {
    const unknown = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
    expect((await new PageBrowser(app.url).ask(unknown)).status).toBe(404);
  });

  it('has SECURITY_CONTACT and SECURITY_EXPIRES in security.txt', async () => {
    const answer = await new PageBrowser(app.url).ask('/.well-known/security.txt');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect((await answer.text()).split('\n')).toEqual([
      'Contact: mailto:security@example.org',
      'Expires: 2027-06-30T00:00:00.000Z',
      expect.stringMatching(/^Canonical: http:\/\/\S+\/\.well-known\/security\.txt$/),
      '',
    ]);
  });

  it('has no security.txt without these settings', async () => {
    const other = await startTestApp();
    expect((await new PageBrowser(other.url).ask('/.well-known/security.txt')).status).toBe(404);
    await other.stop();
  });
});
