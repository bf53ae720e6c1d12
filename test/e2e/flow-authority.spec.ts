import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createRecoveryFlow } from '../factories/account-flows.js';
import { createActor } from '../factories/actor.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createGroup } from '../factories/group.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage } from '../factories/prompt.js';
import { createSignInFlow } from '../factories/sign-in-flow.js';
import { createStage } from '../factories/stage.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let admins: string;
beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
  admins = (await app.api.get('/core/users/me/')).body.user.groups[0].pk;
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

type Account = Awaited<ReturnType<typeof createPasswordUser>>;

const end = { component: 'xak-flow-redirect', to: '/' };
const unproved = {
  component: 'ak-stage-access-denied',
  error_message: 'You have not verified that this account is yours.',
};
const createSuperuser = (): Promise<Account> => createPasswordUser(app.api, { groups: [admins] });

async function flowOf(...stages: { pk: string }[]): Promise<string> {
  return (
    await createFlowWith(
      app.api,
      stages.map(({ pk }) => pk),
    )
  ).flow.slug;
}

async function whoami(visitor: Visitor): Promise<string | number> {
  const { status, body } = await visitor.request('GET', '/core/users/me/');
  return status === 200 ? body.user.username : status;
}

async function suspicions(): Promise<string[]> {
  const { body } = await app.api.get('/events/events/?action=suspicious_request&page_size=100');
  return body.results.map(({ context }: any) => context.message);
}

const stored = (pk: number): Promise<User> => app.dataSource.manager.findOneByOrFail(User, { pk });

describe('A flow without a proof of identity', () => {
  const withoutPassword = async (): Promise<string> =>
    flowOf(await createStage(app.api, 'identification'), await createStage(app.api, 'user_login'));

  it('signs in a user, but not a superuser', async () => {
    const slug = await withoutPassword();
    const [user, superuser] = [await createPasswordUser(app.api), await createSuperuser()];
    const [one, other] = [new Visitor(app.url), new Visitor(app.url)];
    expect(await one.answer(slug, { uid_field: user.username })).toMatchObject(end);
    expect(await whoami(one)).toBe(user.username);
    expect(await other.answer(slug, { uid_field: superuser.username })).toMatchObject(unproved);
    expect(await whoami(other)).toBe(403);
    expect(await suspicions()).toContain('A flow without a proof does not sign in a superuser.');
  });

  it('does not sign in a superuser identified after another user’s password', async () => {
    const [user, superuser] = [await createPasswordUser(app.api), await createSuperuser()];
    const { pk: password_stage } = await createStage(app.api, 'password');
    const slug = await flowOf(
      await createStage(app.api, 'identification', { password_stage }),
      await createStage(app.api, 'identification'),
      await createStage(app.api, 'user_login'),
    );
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.username, password: user.password });
    expect(await visitor.answer(slug, { uid_field: superuser.username })).toMatchObject(unproved);
  });

  it('does not sign in a superuser after a user write stage without changes', async () => {
    const superuser = await createSuperuser();
    const slug = await flowOf(
      await createStage(app.api, 'identification'),
      await createPromptStage(app.api, [{ field_key: 'nothing', required: false }]),
      await createStage(app.api, 'user_write', { user_creation_mode: 'never_create' }),
      await createStage(app.api, 'user_login'),
    );
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: superuser.username });
    expect(await visitor.answer(slug, { nothing: 'x' })).toMatchObject(unproved);
    expect(await whoami(visitor)).toBe(403);
  });

  it('signs in a superuser who is already signed in', async () => {
    const superuser = await createSuperuser();
    const visitor = await signedIn(app, superuser);
    expect(await visitor.answer(await withoutPassword(), { uid_field: superuser.username })).toMatchObject(end);
    expect(await whoami(visitor)).toBe(superuser.username);
  });
});

describe('A superuser', () => {
  it('signs in with the password', async () => {
    const { username, password } = await createSuperuser();
    const visitor = new Visitor(app.url);
    expect(await visitor.answer(await createSignInFlow(app.api), { uid_field: username, password })).toMatchObject(end);
    expect(await whoami(visitor)).toBe(username);
  });

  it.each(['link', 'code'])('can set a new password with the %s of a mail', async (way) => {
    const slug = await createRecoveryFlow(app.api, { port });
    const superuser = await createSuperuser();
    const asking = new Visitor(app.url);
    await asking.answer(slug, { uid_field: superuser.email });
    const { query, code } = await proofMail(sink, superuser.email);
    const visitor = way === 'code' ? asking : new Visitor(app.url);
    if (way === 'code') {
      await visitor.answer(slug, { component: 'ak-stage-email', code });
    } else {
      const { token } = await visitor.see(slug, query);
      await visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
    }
    const password = `Another-secret-${randomUUID()}`;
    expect(await visitor.answer(slug, { password, password_repeat: password })).toMatchObject(end);
    expect(await whoami(visitor)).toBe(superuser.username);
  });
});

describe('A user write stage', () => {
  const form = (): Promise<{ pk: string }> =>
    createPromptStage(app.api, [
      { field_key: 'name', required: false },
      { field_key: 'password', type: 'password', required: false },
    ]);
  const never = (): Promise<{ pk: string }> =>
    createStage(app.api, 'user_write', { user_creation_mode: 'never_create' });

  it('changes an ordinary user without a proof, but not an account with permissions', async () => {
    const slug = await flowOf(await createStage(app.api, 'identification'), await form(), await never());
    const holder = await createActor(app, ['authentik_flows.view_flow']);
    const [user, superuser] = [await createPasswordUser(app.api), await createSuperuser()];
    const attempt = async ({ pk, username }: { pk: number; username: string }): Promise<boolean> => {
      const before = await stored(pk);
      const visitor = new Visitor(app.url);
      await visitor.answer(slug, { uid_field: username });
      const answers = { name: randomUUID(), password: `Another-secret-${randomUUID()}` };
      const answer = await visitor.answer(slug, answers);
      const after = await stored(pk);
      const isChanged = after.name !== before.name && after.passwordHash !== before.passwordHash;
      expect(answer).toMatchObject(isChanged ? end : unproved);
      if (!isChanged) expect(after).toEqual(before);
      return isChanged;
    };
    expect([await attempt(user), await attempt(holder.user), await attempt(superuser)]).toEqual([true, false, false]);
    expect(await suspicions()).toContain('A flow without a proof does not change an account with rights.');
  });

  it('changes a signed-in superuser from their own input, but not from the data of an invitation', async () => {
    const superuser = await createSuperuser();
    const name = randomUUID();
    const own = await signedIn(app, superuser);
    expect(await own.answer(await flowOf(await form(), await never()), { name })).toMatchObject(end);
    expect((await stored(superuser.pk)).name).toBe(name);
    const { pk } = await createInvitation(app.api, { fixed_data: { name: 'Attacker' } });
    const slug = await flowOf(await createInvitationStage(app.api), await createStage(app.api, 'user_write'));
    expect(await (await signedIn(app, superuser)).see(slug, `itoken=${pk}`)).toMatchObject(unproved);
    expect((await stored(superuser.pk)).name).toBe(name);
  });

  it('creates no user if its group has become a superuser group', async () => {
    const group = await createGroup(app.api);
    const fields = await createPromptStage(app.api, [{ field_key: 'username', type: 'username' }]);
    const write = await createStage(app.api, 'user_write', {
      user_creation_mode: 'always_create',
      create_users_group: group.pk,
    });
    const slug = await flowOf(fields, write);
    const [early, late] = [`early-${randomUUID()}`, `late-${randomUUID()}`];
    expect(await new Visitor(app.url).answer(slug, { username: early })).toMatchObject(end);
    await app.api.patch(`/core/groups/${group.pk}/`, { users: [], is_superuser: true });
    expect(await new Visitor(app.url).answer(slug, { username: late })).toMatchObject({
      component: 'ak-stage-access-denied',
      error_message: 'Failed to update user. Please try again later.',
    });
    expect(await app.dataSource.manager.findOneBy(User, { username: late })).toBeNull();
    expect(await suspicions()).toContain('A flow cannot add users to a group of superusers.');
  });
});
