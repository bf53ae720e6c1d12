import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { User } from '../../src/core/users/user.entity.js';
import { MailTemplate } from '../../src/mail/stored-templates/mail-template.entity.js';
import { createAddressFlow, createEnrollmentFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createStage } from '../factories/stage.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
let signIn: string;
let recovery: string;
let enrollment: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  app = await startTestApp();
  const { pk: wait } = await createDummyStage(app.api);
  const keys = [await stage('identification'), await stage('password'), wait, await stage('user_login')];
  ({ slug: signIn } = (await createFlowWith(app.api, keys)).flow);
  recovery = await createRecoveryFlow(app.api, { port, recovery_max_attempts: 1000 });
  enrollment = await createEnrollmentFlow(app.api, { port });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

type PasswordUser = UserDto & { password: string };

const stage = async (kind: Parameters<typeof createStage>[1]): Promise<string> => (await createStage(app.api, kind)).pk;
const refused = {
  component: 'ak-stage-access-denied',
  error_message: 'Your account has been changed. Start again.',
};
const newPassword = (): string => `chosen-${randomUUID()}`;
const hashOf = async (pk: number): Promise<string> =>
  (await app.dataSource.manager.findOneByOrFail(User, { pk })).passwordHash;

/** Changes of an account outside the run. */
const changes: Record<string, (user: Pick<UserDto, 'pk'>) => Promise<unknown>> = {
  password: ({ pk }) => app.api.post(`/core/users/${pk}/set_password/`, { password: newPassword() }),
  address: ({ pk }) => app.api.patch(`/core/users/${pk}/`, { email: `${randomUUID()}@example.org` }),
};

/** A browser after the password stage, before the sign-in. */
async function withPassword({ username, password }: PasswordUser): Promise<Visitor> {
  const visitor = new Visitor(app.url);
  await visitor.answer(signIn, { uid_field: username });
  expect(await visitor.answer(signIn, { password })).toMatchObject({ component: 'ak-stage-dummy' });
  return visitor;
}

/** A browser that proved the address, at the form for a new password. */
async function withCode({ email }: UserDto): Promise<Visitor> {
  const visitor = new Visitor(app.url);
  await visitor.answer(recovery, { uid_field: email });
  const { code } = await proofMail(sink, email);
  expect(await visitor.answer(recovery, { code })).toMatchObject({ component: 'ak-stage-prompt' });
  return visitor;
}

async function confirm(visitor: Visitor, slug: string, query: string): Promise<any> {
  const { token } = await visitor.see(slug, query);
  return visitor.answer(slug, { component: 'ak-stage-consent', token }, query);
}

describe.each(Object.keys(changes))('After a change of %s', (what) => {
  const change = changes[what]!;

  it('a browser that entered the old password before is not signed in', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = await withPassword(user);
    await change(user);
    expect(await visitor.answer(signIn, {})).toMatchObject(refused);
    expect((await visitor.request('GET', '/core/users/me/')).status).toBe(403);
  });

  it('a browser that proved the address before cannot set a password', async () => {
    const user = await createPasswordUser(app.api);
    const visitor = await withCode(user);
    await change(user);
    const hash = await hashOf(user.pk);
    const password = newPassword();
    expect(await visitor.answer(recovery, { password, password_repeat: password })).toMatchObject(refused);
    expect(await hashOf(user.pk)).toBe(hash);
  });

  it('a browser that confirmed the sign-up link before cannot set a password', async () => {
    const username = randomUUID();
    const [password, email] = [newPassword(), `${username}@example.org`];
    const stranger = new Visitor(app.url);
    await stranger.answer(enrollment, { username, password, password_repeat: password });
    await stranger.answer(enrollment, { name: 'Of a stranger', email });
    const owner = new Visitor(app.url);
    const form = await confirm(owner, enrollment, (await proofMail(sink, email)).query);
    expect(form).toMatchObject({ component: 'ak-stage-prompt' });
    const { pk } = await app.dataSource.manager.findOneByOrFail(User, { username });
    await change({ pk });
    const hash = await hashOf(pk);
    const own = newPassword();
    expect(await owner.answer(enrollment, { password: own, password_repeat: own })).toMatchObject(refused);
    expect(await hashOf(pk)).toBe(hash);
  });
});

it('A recovery link confirmed before a password change cannot set a password after it', async () => {
  const user = await createPasswordUser(app.api);
  const owner = new Visitor(app.url);
  await owner.answer(recovery, { uid_field: user.email });
  const elsewhere = new Visitor(app.url);
  await confirm(elsewhere, recovery, (await proofMail(sink, user.email)).query);
  await changes['password']!(user);
  const hash = await hashOf(user.pk);
  const password = newPassword();
  expect(await elsewhere.answer(recovery, { password, password_repeat: password })).toMatchObject(refused);
  expect(await hashOf(user.pk)).toBe(hash);
});

/** How many statements wait for the lock of another transaction. */
async function waiting(): Promise<number> {
  const rows = await app.dataSource.query<unknown[]>(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length;
}

it('A sign-in concurrent with a password change is refused', async () => {
  const user = await createPasswordUser(app.api);
  const visitor = await withPassword(user);
  const answer = await app.dataSource.transaction(async (manager) => {
    await manager.update(User, { pk: user.pk }, { passwordHash: '', passwordChangeDate: () => 'now()' });
    const asked = visitor.answer(signIn, {});
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    return { asked };
  });
  expect(await answer.asked).toMatchObject(refused);
});

it('An email stage does not choose a template that is deleted meanwhile', async () => {
  const { pk, name: template } = await createMailTemplate(app.api);
  const chosen = await app.dataSource.transaction(async (manager) => {
    await manager.delete(MailTemplate, { pk });
    const asked = app.api.post('/stages/email/', { name: randomUUID(), template });
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
    return { asked };
  });
  expect(await chosen.asked).toMatchObject({
    status: 400,
    body: { template: [`Invalid template '${template}' specified.`] },
  });
});

it('A run that sets a new password and address itself continues, and its visitor stays signed in', async () => {
  const slug = await createAddressFlow(app.api, { port }, [{ field_key: 'password', type: 'password' }]);
  const user = await createPasswordUser(app.api);
  const visitor = await signedIn(app, user);
  const email = `${randomUUID()}@example.org`;
  await visitor.answer(slug, { password: newPassword(), email });
  const { code } = await proofMail(sink, email);
  expect(await visitor.answer(slug, { component: 'ak-stage-email', code })).toMatchObject({
    component: 'xak-flow-redirect',
  });
  expect((await visitor.request('GET', '/core/users/me/')).body.user.pk).toBe(user.pk);
});
