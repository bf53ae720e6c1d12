import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let signIn: string;
let slug: string;
beforeAll(async () => {
  app = await startTestApp();
  signIn = await createSignInFlow(app.api);
  const { pk } = await createStage(app.api, 'user_delete');
  slug = (await createFlowWith(app.api, [pk], { designation: 'unenrollment' })).flow.slug;
});
afterAll(() => app.stop());

const unproved = 'You have not verified that this account is yours.';
const status = async (pk: number): Promise<number> => (await app.api.get(`/core/users/${pk}/`)).status;

async function signedIn(groups: string[] = []): Promise<{ visitor: Visitor; pk: number }> {
  const user = await createPasswordUser(app.api, { groups });
  const visitor = new Visitor(app.url);
  await visitor.answer(signIn, { uid_field: user.username, password: user.password });
  return { visitor, pk: user.pk };
}

describe('A user delete stage', () => {
  it('deletes the signed-in user and ends the session', async () => {
    const { visitor, pk } = await signedIn();
    expect(await visitor.see(slug)).toEqual({ component: 'xak-flow-redirect', to: '/' });
    expect(await status(pk)).toBe(404);
    expect((await visitor.request('GET', '/core/users/me/')).status).toBe(403);
    expect(await visitor.see(slug)).toMatchObject({ error_message: 'No Pending User.' });
  });

  it('denies access with the same message for an unverified and an unknown user', async () => {
    const user = await createPasswordUser(app.api);
    const stages = [await createStage(app.api, 'identification'), await createStage(app.api, 'user_delete')];
    const { flow } = await createFlowWith(
      app.api,
      stages.map(({ pk }) => pk),
    );
    for (const uid_field of [user.username, 'nobody-of-that-name']) {
      const answer = await new Visitor(app.url).answer(flow.slug, { uid_field });
      expect(answer).toMatchObject({ component: 'ak-stage-access-denied', error_message: unproved });
    }
    expect(await status(user.pk)).toBe(200);
  });

  it('deletes a superuser, but never the last active one', async () => {
    const { pk: group } = await createGroup(app.api, { is_superuser: true });
    const [first, last] = [await signedIn([group]), await signedIn([group])];
    expect(await first.visitor.see(slug)).toMatchObject({ to: '/' });
    expect(await status(first.pk)).toBe(404);
    await app.dataSource.query('update "user" set is_active = false where id <> $1', [last.pk]);
    expect(await last.visitor.see(slug)).toMatchObject({
      error_message: 'The last active superuser cannot be deleted.',
    });
    await app.dataSource.query('update "user" set is_active = true');
    expect(await status(last.pk)).toBe(200);
  });
});
