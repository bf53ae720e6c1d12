import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { createAddressFlow, createRecoveryFlow } from '../factories/account-flows.js';
import { createActor } from '../factories/actor.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPasswordUser } from '../factories/password-user.js';
import { createPromptStage } from '../factories/prompt.js';
import { createProofFlow, createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { createToken, keyOf } from '../factories/token.js';
import { createSendingStage, enqueue, mailFrom } from '../support/mails.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey, startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

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

/** Creates a token of a user. @returns its key */
async function tokenOf(user: Pick<UserDto, 'pk'>, intent: 'api' | 'app_password' = 'api'): Promise<string> {
  return keyOf(app.api, (await createToken(app.api, { user: user.pk, intent })).identifier);
}

const statusWith = async (key: string): Promise<number> => (await app.client(key).get('/core/users/me/')).status;
const tokensOf = async ({ pk }: Pick<UserDto, 'pk'>): Promise<string[]> => {
  const rows = await app.dataSource.query('select intent from "token" where user_id = $1 order by 1', [pk]);
  return rows.map(({ intent }: any) => intent);
};
const setPassword = (user: Pick<UserDto, 'pk'>, api = app.api): Promise<any> =>
  api.post(`/core/users/${user.pk}/set_password/`, { password: `new-${randomUUID()}` });

/** Requests a link. @returns its mail, and the page that another browser shows for it */
async function openLink(
  email: string,
): Promise<{ visitor: Visitor; code: string; slug: string; look: () => Promise<any> }> {
  const { slug } = await createProofFlow(app.api, port);
  const visitor = new Visitor(app.url);
  await visitor.answer(slug, { uid_field: email });
  const { query, code } = await proofMail(sink, email);
  return { visitor, code, slug, look: () => new Visitor(app.url).see(slug, query) };
}

describe('A new password', () => {
  it('from an administrator ends the user’s sessions and revokes all of their tokens, but not other users’ tokens', async () => {
    const [user, other] = [await createPasswordUser(app.api), await createPasswordUser(app.api)];
    const [mine, theirs] = [await tokenOf(user), await tokenOf(other)];
    await tokenOf(user, 'app_password');
    const browser = await signedIn(app, user);
    expect((await setPassword(user)).status).toBe(204);
    expect([await statusWith(mine), await statusWith(theirs)]).toEqual([403, 200]);
    expect(await tokensOf(user)).toEqual([]);
    expect((await browser.request('GET', '/core/users/me/')).status).toBe(403);
  });

  it('from its owner keeps only the token that made the request', async () => {
    const permissions = ['authentik_core.view_user', 'authentik_core.reset_user_password'];
    const { user, key: calling } = await createActor(app, permissions);
    const another = await tokenOf(user);
    const browser = await signedIn(app, user);
    expect((await setPassword(user, app.client(calling))).status).toBe(204);
    expect([await statusWith(calling), await statusWith(another)]).toEqual([200, 403]);
    expect((await browser.request('GET', '/core/users/me/')).status).toBe(403);
  });

  it('from a recovery flow revokes the user’s tokens, including tokens created by other tokens', async () => {
    const slug = await createRecoveryFlow(app.api, { port });
    const user = await createPasswordUser(app.api);
    const first = await tokenOf(user);
    const made = await createToken(app.client(first));
    const successor = await keyOf(app.client(first), made.identifier);
    const visitor = new Visitor(app.url);
    await visitor.answer(slug, { uid_field: user.email });
    await visitor.answer(slug, { code: (await proofMail(sink, user.email)).code });
    await visitor.answer(slug, { password: 'a new secret', password_repeat: 'a new secret' });
    expect([await statusWith(first), await statusWith(successor)]).toEqual([403, 403]);
  });

  it('makes a concurrent request that creates a token with a revoked token fail with 403', async () => {
    const user = await createPasswordUser(app.api);
    const key = await tokenOf(user);
    const identifier = `late-${randomUUID()}`;
    const answer = await app.dataSource.transaction(async (manager) => {
      await manager.query('update "user" set password_change_date = now() where id = $1', [user.pk]);
      await manager.query('delete from "token" where user_id = $1', [user.pk]);
      const late = app.client(key).post('/core/tokens/', { identifier });
      const waiting = async (): Promise<number> =>
        (
          await app.dataSource.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).length;
      await expect.poll(waiting).toBeGreaterThan(0);
      return { late };
    });
    expect((await answer.late).status).toBe(403);
    expect(await app.dataSource.query('select from "token" where identifier = $1', [identifier])).toEqual([]);
  });

  it('keeps the tokens of service accounts, and the bootstrap token of the administrator', async () => {
    const { body } = await app.api.post('/core/users/service_account/', { name: `program-${randomUUID()}` });
    await tokenOf({ pk: body.user_pk });
    expect((await setPassword({ pk: body.user_pk })).status).toBe(204);
    expect(await tokensOf({ pk: body.user_pk })).toEqual(['api', 'app_password']);
    const { results } = (await app.api.get('/core/users/?username=akadmin')).body;
    const browser = await signedIn(app, results[0]);
    const headers = browser.cookies.headers();
    const path = `/core/users/${results[0].pk}/set_password/`;
    expect((await browser.request('POST', path, { json: { password: 'a new secret' }, headers })).status).toBe(204);
    expect((await app.api.get('/core/users/me/')).status).toBe(200);
  });

  it('keeps the token with the key BOOTSTRAP_TOKEN, but not a token with only its identifier', async () => {
    const [administrator] = (await app.api.get('/core/users/?username=akadmin')).body.results;
    const key = await tokenOf(administrator);
    const rename = (from: string, to: string): Promise<unknown> =>
      app.dataSource.query('update "token" set identifier = $2 where identifier = $1', [from, to]);
    const { identifier } = await createToken(app.api, { user: administrator.pk });
    const other = await keyOf(app.api, identifier);
    await rename('authentik-bootstrap-token', 'renamed');
    await rename(identifier, 'authentik-bootstrap-token');
    expect((await setPassword(administrator, app.client(key))).status).toBe(204);
    expect([await statusWith(other), await statusWith(adminKey)]).toEqual([403, 200]);
    await rename('renamed', 'authentik-bootstrap-token');
  });

  it('permanently invalidates links and codes that were requested before', async () => {
    const user = await createReader(app.api);
    const { visitor, code, slug, look } = await openLink(user.email);
    await setPassword(user);
    expect((await look()).error_message).toMatch(
      /^This link is no longer valid, because the account has changed since/,
    );
    expect(await visitor.answer(slug, { code })).toMatchObject({
      component: 'ak-stage-email',
      response_errors: { code: [{}] },
    });
    await app.dataSource.query(`update "user" set password_change_date = now() - interval '1 hour' where id = $1`, [
      user.pk,
    ]);
    expect((await look()).error_message).toMatch(
      /^This link is no longer valid, because the account has changed since/,
    );
  });

  it('discards unsent mails with such links', async () => {
    const user = await createReader(app.api);
    const silent = await createSendingStage(app, 1);
    const { slug } = await createProofFlow(app.api, 1);
    await new Visitor(app.url).answer(slug, { uid_field: user.email });
    const [unrelated] = await enqueue(app, mailFrom(silent, user.email));
    const states = async (): Promise<any[]> =>
      app.dataSource.query(
        `select state, message_uuid = $2 as unrelated from "mail_message"
          where recipient_address = $1 and template <> 'email/password_changed.html' order by 2`,
        [user.email, unrelated],
      );
    await expect.poll(states).toEqual([
      { state: 'retrying', unrelated: false },
      { state: 'retrying', unrelated: true },
    ]);
    await setPassword(user);
    expect(await states()).toEqual([
      { state: 'discarded', unrelated: false },
      { state: 'retrying', unrelated: true },
    ]);
  });
});

describe('A new address', () => {
  it('invalidates links sent to the old address, also after the old address is restored', async () => {
    const user = await createReader(app.api);
    const { look } = await openLink(user.email);
    for (const email of [`${randomUUID()}@example.org`, user.email]) {
      expect((await app.api.patch(`/core/users/${user.pk}/`, { email })).status).toBe(200);
    }
    expect((await look()).error_message).toMatch(
      /^This link is no longer valid, because the account has changed since/,
    );
  });

  it('from a flow invalidates earlier links, unless it equals the current address', async () => {
    const user = await createReader(app.api);
    const slug = await createAddressFlow(app.api, { port, template: 'email/account_confirmation.html' });
    const { look } = await openLink(user.email);
    const write = await createStage(app.api, 'user_write');
    const form = await createPromptStage(app.api, [{ field_key: 'email', type: 'email' }]);
    const same = await createFlowWith(app.api, [form.pk, write.pk]);
    await (await signedIn(app, user)).answer(same.flow.slug, { email: user.email });
    expect((await look()).component).toBe('ak-stage-consent');
    const changed = `${randomUUID()}@example.org`;
    for (const email of [changed, user.email]) {
      const visitor = await signedIn(app, user);
      await visitor.answer(slug, { email });
      // The owner has received a mail with a link, and a notice about the change.
      const { code } = await proofMail(sink, email, email === changed ? 1 : 2);
      await visitor.answer(slug, { component: 'ak-stage-email', code });
      expect((await app.api.get(`/core/users/${user.pk}/`)).body.email).toBe(email);
    }
    expect((await look()).error_message).toMatch(
      /^This link is no longer valid, because the account has changed since/,
    );
  });
});
