import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createStage } from '../factories/stage.js';
import { createUser } from '../factories/user.js';
import { createPlainUser } from '../support/plain-user.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** The target of the redirect at this path, or the status if there is no redirect. */
async function sentTo(path: string, visitor = new Visitor(app.url)): Promise<string | null> {
  const response = await fetch(`${app.url}${path}`, { headers: visitor.cookies.headers(), redirect: 'manual' });
  await response.arrayBuffer();
  visitor.cookies.keep(response.headers);
  return response.status === 302 ? response.headers.get('location') : String(response.status);
}

/** A flow to change a password, which first shows the user, and a password stage that refers to it. */
async function configurable(authentication = 'require_authenticated'): Promise<{ slug: string; pk: string }> {
  const { pk: consent } = await createStage(app.api, 'consent');
  const { flow } = await createFlowWith(app.api, [consent], {
    designation: 'stage_configuration',
    authentication: authentication as 'none',
  });
  const { pk } = await createStage(app.api, 'password', { configure_flow: flow.pk });
  return { slug: flow.slug, pk };
}

describe('/stages/all/user_settings/', () => {
  it('lists the password stages with a configuration flow', async () => {
    await createStage(app.api, 'password', { name: 'without a flow' });
    const { pk: flow } = await createFlow(app.api);
    const second = await createStage(app.api, 'password', { name: 'settings b', configure_flow: flow });
    const first = await createStage(app.api, 'password', { name: 'settings a', configure_flow: flow });
    const plain = app.client(await createPlainUser(app.dataSource));
    const { status, body } = await plain.get('/stages/all/user_settings/');
    const setting = ({ pk }: { pk: string }): object => ({
      object_uid: pk,
      component: 'ak-user-settings-password',
      title: 'Password Stage',
      configure_url: `/flows/-/configure/${pk}/`,
    });
    expect([status, body]).toEqual([200, [setting(first), setting(second)]]);
    for (const { pk } of [first, second]) await app.api.delete(`/stages/password/${pk}/`);
    expect((await plain.get('/stages/all/user_settings/')).body).toEqual([]);
  });
});

describe('/flows/-/configure/{stage_uuid}/', () => {
  it('redirects signed-in users to the flow as its pending user, and keeps the query', async () => {
    const { slug, pk } = await configurable();
    const user = await createUser(app.api);
    const visitor = await signedIn(app, user);
    expect(await sentTo(`/flows/-/configure/${pk}/?next=%2Fa`, visitor)).toBe(`/if/flow/${slug}/?next=%2Fa`);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-consent', pending_user: user.username });
  });

  it('redirects anonymous visitors to the sign-in, with its own path as next', async () => {
    const { pk } = await configurable();
    const next = encodeURIComponent(`/flows/-/configure/${pk}/`);
    expect(await sentTo(`/flows/-/configure/${pk}/?next=https://evil.example`)).toBe(
      `/flows/-/default/authentication/?next=${next}`,
    );
  });

  it('redirects to the flow even if its page will deny access', async () => {
    const { slug, pk } = await configurable('require_superuser');
    const visitor = await signedIn(app, await createUser(app.api));
    expect(await sentTo(`/flows/-/configure/${pk}/`, visitor)).toBe(`/if/flow/${slug}/`);
    expect(await visitor.see(slug)).toMatchObject({ component: 'ak-stage-access-denied' });
  });

  it('answers 404 for unknown stages and for stages without a configuration flow', async () => {
    const visitor = await signedIn(app, await createUser(app.api));
    const { pk: without } = await createStage(app.api, 'password');
    const { pk: deny } = await createStage(app.api, 'deny');
    for (const key of [without, deny, randomUUID(), 'x', '%00']) {
      expect(await sentTo(`/flows/-/configure/${key}/`, visitor)).toBe('404');
      expect(await sentTo(`/flows/-/configure/${key}/`)).toBe('404');
    }
  });
});
