import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { createBinding } from '../factories/binding.js';
import { flowEntry, importEntries } from '../factories/blueprint.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createFurtherAddress } from '../factories/further-address.js';
import { createGroup } from '../factories/group.js';
import { createInvitation } from '../factories/invitation.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { createToken, keyOf } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { modelEventsOf, summary } from '../support/model-events.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

describe('A change without a caller', () => {
  it('by a flow is attributed to the client’s IP address', async () => {
    const flow = await createFlow(app.api, { designation: 'enrollment' });
    const { pk: form } = await createPromptStage(app.api, [{ field_key: 'username', type: 'username' }]);
    const { pk: write } = await createStage(app.api, 'user_write', { create_users_as_inactive: false });
    await createBinding(app.api, { target: flow.pk, stage: form, order: 0 });
    await createBinding(app.api, { target: flow.pk, stage: write, order: 1 });
    const visitor = new Visitor(app.url);
    await visitor.get(flow.slug);
    const username = `visitor-${randomUUID()}`;
    const [, events] = await modelEventsOf(app, async () => {
      await visitor.post(flow.slug, { username });
      return visitor.get(flow.slug);
    });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      action: 'model_created',
      user: {},
      client_ip: '127.0.0.1',
      context: { model: { model_name: 'user', name: username } },
    });
  });

  it('is attributed to the service when housekeeping deletes expired objects', async () => {
    const { name } = await createInvitation(app.api);
    await app.dataSource.query(`update "invitation" set expires = now() - interval '1 day' where name = $1`, [name]);
    const [, events] = await modelEventsOf(app, () => app.nest.get(Housekeeping).doEverything());
    expect(events.map(summary)).toEqual(['model_deleted authentik_stages_invitation.invitation']);
    expect(events[0]).toMatchObject({ user: {}, client_ip: null, context: { model: { name } } });
  });

  it('at startup is attributed to the service', async () => {
    const rows = await app.dataSource.query<{ user: object; client_ip: string | null }[]>(
      `select "user", client_ip from "event" where context #>> '{model,name}' = 'akadmin' and action = 'model_created'`,
    );
    expect(rows).toEqual([{ user: {}, client_ip: null }]);
  });
});

describe('An event of a change', () => {
  it('names the object and the changed fields, without their values', async () => {
    const secret = 'a-secret-of-this-test-0815';
    const { pk } = await createEmailStage(app.api, { password: secret });
    const name = `stage-${randomUUID()}`;
    const [, [event]] = await modelEventsOf(app, () =>
      app.api.patch(`/stages/email/${pk}/`, { name, host: 'mail.example.org', password: secret }),
    );
    expect(event?.context).toEqual({
      model: { app: 'authentik_stages_email', model_name: 'emailstage', pk, name },
      fields: ['host', 'name', 'password'],
    });
  });

  it('names the added and removed members', async () => {
    const [first, second] = [await createUser(app.api), await createUser(app.api)];
    const { pk, name } = await createGroup(app.api, { users: [first.pk] });
    const [, events] = await modelEventsOf(app, () => app.api.patch(`/core/groups/${pk}/`, { users: [second.pk] }));
    const model = { app: 'authentik_core', model_name: 'group', pk, name };
    expect(events.map(({ context }) => context)).toEqual(
      expect.arrayContaining([
        { model, fields: ['users'], added: [second.pk] },
        { model, fields: ['users'], removed: [first.pk] },
      ]),
    );
  });

  it('does not contain the key of an invitation', async () => {
    const { pk } = await createInvitation(app.api);
    const { pk: user } = await createUser(app.api);
    const grant = { permissions: ['authentik_stages_invitation.view_invitation'], object_pk: pk };
    const [, events] = await modelEventsOf(app, async () => {
      const model = 'authentik_stages_invitation.invitation';
      await app.api.post(`/rbac/permissions/assigned_by_users/${user}/assign/`, { ...grant, model });
      return app.api.delete(`/stages/invitation/invitations/${pk}/`);
    });
    expect(events).toHaveLength(2);
    expect(JSON.stringify(await app.dataSource.query('select * from "event"'))).not.toContain(pk);
  });

  it('is found by action and model', async () => {
    const { pk } = await createFlow(app.api);
    const query = `action=model_created&context_model_app=authentik_flows&context_model_pk=${pk}`;
    const { body } = await app.api.get(`/events/events/?${query}`);
    expect(body.results).toHaveLength(1);
    expect(body.results[0]).toMatchObject({ user: { username: 'akadmin' }, app: 'authentik.flows' });
  });

  it('expires by the default of its column', async () => {
    await app.dataSource.query(`alter table "event" alter column expires set default now() + interval '3 days'`);
    const { pk } = await createFlow(app.api);
    const { identifier } = await createToken(app.api);
    await keyOf(app.api, identifier);
    const days = await app.dataSource.query(
      `select action, extract(day from expires - created)::int as days from "event"
        where context #>> '{model,pk}' = $1 or context #>> '{secret,name}' = $2 order by action`,
      [pk, identifier],
    );
    expect(days).toEqual([
      { action: 'model_created', days: 3 },
      { action: 'secret_view', days: 3 },
    ]);
  });

  it('is rolled back with its change', async () => {
    const slug = `flow-${randomUUID()}`;
    const { pk } = await createFlow(app.api);
    const refused = [flowEntry(slug), flowEntry('x', { designation: 'none of them' })];
    const [[isSuccess], events] = await modelEventsOf(app, () => importEntries(app.api, refused));
    expect(isSuccess).toBe(false);
    expect(events).toEqual([]);
    const { status } = await app.api.post('/policies/bindings/', { target: pk, group: randomUUID(), order: 0 });
    expect(status).toBe(400);
  });

  it('names no further address of a user', async () => {
    const { pk } = await createUser(app.api);
    const [address, events] = await modelEventsOf(app, () => createFurtherAddress(app, pk));
    expect(events.map(summary)).toEqual(['model_updated authentik_core.user addresses']);
    expect(events[0]?.context.model).toMatchObject({ pk });
    expect(JSON.stringify(events)).not.toContain(address);
  });
});
