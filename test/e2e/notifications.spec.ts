import { randomUUID } from 'node:crypto';

import { simpleParser } from 'mailparser';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import type { NotificationDto } from '../../src/notifications/dto/notification.dto.js';
import { EventNotifier } from '../../src/notifications/event-notifier.service.js';
import { firingRules } from '../../src/policies/policy-engine.js';
import type { NotificationMode } from '../../src/webhooks/notification-transport.entity.js';
import { importEntries } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { createGroup } from '../factories/group.js';
import { createMatcher, createRule } from '../factories/notification-rule.js';
import { createPolicyBinding } from '../factories/policy-binding.js';
import type { ApiClient } from '../support/api-client.js';
import {
  bodiesOf,
  createReader as createReaderIn,
  createRole as createRoleIn,
  notificationsOf,
  patience,
  type Reader,
  roleCreated,
  settled,
} from '../support/notified.js';
import { createPlainUser } from '../support/plain-user.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

let app: TestApp;
let base: string;
const receiver = new WebhookReceiver();
const sink = new SmtpSink();

beforeAll(async () => {
  base = await receiver.listen();
  const EMAIL_PORT = String(await sink.listen());
  app = await startTestApp({ WEBHOOK_ALLOW: '127.0.0.1', EMAIL_HOST: '127.0.0.1', EMAIL_PORT, BRAND_NAME: 'Library' });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
  receiver.close();
});
afterEach(async () => {
  receiver.answer = (response) => response.end('taken');
  // Rules of other tests fire for no event.
  await app.dataSource.query(`update "notification_rule" set group_uuid = null`);
});

function createTransport(mode: NotificationMode, fields: object = {}): Promise<{ pk: string; name: string }> {
  const name = `${mode}-${randomUUID()}`;
  const url = mode.startsWith('webhook') ? { webhook_url: `${base}/${name}` } : {};
  return created(app.api.post('/events/transports/', { name, mode, ...url, ...fields }));
}

const createReader = (): Promise<Reader> => createReaderIn(app);
const createRole = (): Promise<string> => createRoleIn(app.api);
const settle = (): Promise<void> => settled(app.dataSource);

const receivedBy = ({ name }: { name: string }): WebhookReceiver['received'] =>
  receiver.received.filter(({ path }) => path === `/${name}`);

describe('A notification rule', () => {
  it('notifies the active members of its group through each of its transports', async () => {
    const readers = [await createReader(), await createReader(), await createReader(), await createReader()];
    const [ada, grace, gone, outsider] = readers;
    await app.api.patch(`/core/users/${gone!.pk}/`, { is_active: false });
    await app.api.patch(`/core/users/${grace!.pk}/`, { attributes: { settings: { locale: 'de' } } });
    const transports = {
      local: await createTransport('local'),
      webhook: await createTransport('webhook'),
      slack: await createTransport('webhook_slack', { send_once: true }),
      mail: await createTransport('email'),
    };
    await createRule(app.api, [ada!, grace!, gone!], Object.values(transports), roleCreated, { severity: 'warning' });
    const body = `model_created: authentik_rbac.role ${await createRole()}`;

    const of = async ({ api }: { api: ApiClient }): Promise<NotificationDto[]> =>
      vi.waitFor(async () => {
        const notifications = await notificationsOf(api);
        expect(notifications).toMatchObject([
          { severity: 'warning', body, seen: false, event: { action: 'model_created' } },
        ]);
        return notifications;
      }, patience);
    expect((await of(ada!))[0]?.pk).not.toBe((await of(grace!))[0]?.pk);
    expect(await bodiesOf(outsider!.api)).toEqual([]);

    await vi.waitFor(() => expect(receivedBy(transports.webhook)).toHaveLength(2), patience);
    const posted = receivedBy(transports.webhook).map((webhook) => JSON.parse(webhook.body) as { user_email: string });
    posted.sort((one, other) => (one.user_email === ada!.email ? -1 : other.user_email === ada!.email ? 1 : 0));
    const event = { event_user_username: 'akadmin', event_user_email: expect.any(String) };
    expect(posted).toEqual(
      [ada!, grace!].map(({ username, email }) => ({
        body,
        severity: 'warning',
        user_email: email,
        user_username: username,
        ...event,
      })),
    );

    await vi.waitFor(() => expect(receivedBy(transports.slack)).toHaveLength(1), patience);
    expect(JSON.parse(receivedBy(transports.slack)[0]!.body)).toMatchObject({
      username: 'Library',
      attachments: [
        { title: body, fields: [{ value: 'warning' }, { value: ada!.username }, { value: 'model_created' }, {}] },
      ],
    });

    const mails = await vi.waitFor(() => {
      const found = [ada!, grace!].map(({ email }) => sink.mails.filter(({ to }) => to === email));
      expect(found.map(({ length }) => length)).toEqual([1, 1]);
      return found.flat();
    }, patience);
    const [inEnglish, inGerman] = await Promise.all(mails.map(({ source }) => simpleParser(source)));
    expect(inEnglish).toMatchObject({ subject: body, text: expect.stringMatching(/severity: warning/) });
    expect(inGerman?.html).toContain('lang="de"');
    expect(sink.mails.filter(({ to }) => to === gone!.email || to === outsider!.email)).toEqual([]);
  });

  it('fires if any bound policy, user or group passes, and not without an enabled binding', async () => {
    const ada = await createReader();
    const admins = await createGroup(app.api, { users: [(await app.api.get('/core/users/me/')).body.user.pk] });
    const others = await createGroup(app.api);
    const login = await createMatcher(app.api, { action: 'login' });
    const rules = {
      unbound: [],
      disabled: [{ group: admins.pk, enabled: false }],
      other: [{ policy: login.pk }, { group: others.pk }],
      negated: [{ policy: login.pk, negate: true }],
      'of group': [{ policy: login.pk }, { group: admins.pk }],
      expression: [
        {
          policy: (
            await created<{ pk: string }>(
              app.api.post('/policies/expression/', { name: randomUUID(), expression: 'return True' }),
            )
          ).pk,
        },
      ],
    };
    const group = await createGroup(app.api, { users: [ada.pk] });
    for (const [severity, bound] of Object.entries(rules)) {
      const rule = { name: `${severity}-${randomUUID()}`, group: group.pk };
      const { pk: target } = await created<{ pk: string }>(app.api.post('/events/rules/', rule));
      for (const [order, fields] of bound.entries()) await createPolicyBinding(app.api, { target, order, ...fields });
    }
    await settle();
    await app.dataSource.query(`delete from "notification"`);
    const name = await createRole();
    await settle();
    // Two of the rules fire. The one with an expression does not: expressions are not run.
    expect(await bodiesOf(ada.api)).toEqual(Array(2).fill(`model_created: authentik_rbac.role ${name}`));
  });

  it('does not fire for a change that is rolled back, and only once for one that is not', async () => {
    const ada = await createReader();
    await createRule(app.api, [ada], [], roleCreated);
    const name = await createRole();
    expect((await app.api.post('/rbac/roles/', { name })).status).toBe(400);
    await settle();
    expect(await bodiesOf(ada.api)).toEqual([`model_created: authentik_rbac.role ${name}`]);
  });

  it('that matches every event leads to no further notifications', async () => {
    const ada = await createReader();
    const transports = [
      await createTransport('local'),
      await createTransport('email'),
      await createTransport('webhook'),
    ];
    receiver.answer = (response) => response.writeHead(410).end();
    await createRule(app.api, [ada], transports, { execution_logging: true });
    await settle();
    await app.dataSource.query(`delete from "notification"`);
    const name = await createRole();
    const about = async (): Promise<string[]> => {
      const { results } = (await app.api.get(`/events/events/?page_size=100&search=authentik.notifications`)).body;
      return results.map(({ action }: { action: string }) => action);
    };
    // The mail was sent, the webhook has failed, and the evaluation was logged: three events about the notification.
    await vi.waitFor(
      async () => expect(await about()).toEqual(expect.arrayContaining(['email_sent', 'configuration_error'])),
      patience,
    );
    await vi.waitFor(async () => {
      const { results } = (await app.api.get('/events/events/?action=policy_execution')).body;
      expect(results.length).toBeGreaterThan(0);
    }, patience);
    await settle();
    expect(await bodiesOf(ada.api)).toEqual([`model_created: authentik_rbac.role ${name}`]);
  });

  it('that cannot be evaluated for an event is tried again, and holds up no other event', async () => {
    const ada = await createReader();
    await createRule(app.api, [ada], [], roleCreated);
    await settle();
    const notifier = app.nest.get(EventNotifier, { strict: false });
    let broken: string | undefined;
    notifier.register((manager, rules, event) => {
      broken ??= event.pk;
      return event.pk === broken ? Promise.reject(new Error('broken')) : firingRules(manager, rules, event);
    });
    const names = [await createRole(), await createRole()];
    const bodies = names.map((name) => `model_created: authentik_rbac.role ${name}`);
    await vi.waitFor(async () => expect(await bodiesOf(ada.api)).toEqual(bodies.slice(1)), patience);
    notifier.register(firingRules);
    await app.dataSource.query(`update "event_for_rules" set not_before = now()`);
    await settle();
    expect((await bodiesOf(ada.api)).sort()).toEqual(bodies.sort());
  });

  it('comes with its transports, matchers and bindings from a file', async () => {
    const ada = await createReader();
    const group = await createGroup(app.api, { users: [ada.pk] });
    const [name, transport, matcher] = [randomUUID(), randomUUID(), randomUUID()];
    const entries = [
      { model: 'authentik_events.notificationtransport', identifiers: { name: transport }, attrs: { mode: 'local' } },
      {
        model: 'authentik_policies_event_matcher.eventmatcherpolicy',
        identifiers: { name: matcher },
        attrs: roleCreated,
      },
    ];
    expect((await importEntries(app.api, entries))[0]).toBe(true);
    const { pk: transportPk } = (await app.api.get(`/events/transports/?name=${transport}`)).body.results[0];
    const { pk: policy } = (await app.api.get(`/policies/event_matcher/?name=${matcher}`)).body.results[0];
    const rule = {
      model: 'authentik_events.notificationrule',
      identifiers: { name },
      attrs: { group: group.pk, transports: [transportPk], severity: 'alert' },
    };
    expect((await importEntries(app.api, [rule]))[0]).toBe(true);
    const { pk: target } = (await app.api.get(`/events/rules/?name=${name}`)).body.results[0];
    const binding = { model: 'authentik_policies.policybinding', identifiers: { policy, target, order: 0 } };
    expect((await importEntries(app.api, [binding]))[0]).toBe(true);
    expect((await importEntries(app.api, [...entries, rule, binding]))[0]).toBe(true);
    expect((await app.api.get(`/policies/bindings/?target=${target}`)).body.results).toMatchObject([
      { policy, target },
    ]);
    await createRole();
    await settle();
    expect(await notificationsOf(ada.api)).toMatchObject([{ severity: 'alert' }]);
  });
});

describe('A webhook of a transport', () => {
  it('is repeated with the same id until it is taken, at the URL of that time', async () => {
    const ada = await createReader();
    const transport = await createTransport('webhook');
    await createRule(app.api, [ada], [transport], roleCreated);
    receiver.answer = (response) => response.writeHead(500).end();
    await createRole();
    await vi.waitFor(() => expect(receivedBy(transport)).toHaveLength(1), patience);
    receiver.answer = (response) => response.end('taken');
    const moved = { name: `moved-${randomUUID()}` };
    await app.api.patch(`/events/transports/${transport.pk}/`, { webhook_url: `${base}/${moved.name}` });
    await vi.waitFor(async () => {
      await app.dataSource.query(`update "webhook_delivery" set next_attempt = now() where state = 'pending'`);
      expect(receivedBy(moved)).toHaveLength(1);
    }, patience);
    const [first, second] = [receivedBy(transport)[0]!, receivedBy(moved)[0]!];
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    // Only endpoints have deliveries in the API.
    expect((await app.api.get('/webhooks/deliveries/')).body.results).toEqual([]);
  });

  it('that is waiting is discarded when the transport gets another mode', async () => {
    const ada = await createReader();
    const transport = await createTransport('webhook');
    await createRule(app.api, [ada], [transport], roleCreated);
    receiver.answer = (response) => response.writeHead(500).end();
    await createRole();
    await vi.waitFor(() => expect(receivedBy(transport)).toHaveLength(1), patience);
    const pending = (): Promise<unknown[]> =>
      app.dataSource.query(`select from "webhook_delivery" where transport_uuid = $1`, [transport.pk]);
    await vi.waitFor(async () => expect(await pending()).toHaveLength(1), patience);
    expect((await app.api.patch(`/events/transports/${transport.pk}/`, { mode: 'local' })).status).toBe(200);
    expect(await pending()).toEqual([]);
  });
});

describe('A test of a transport', () => {
  const test = async ({ pk }: { pk: string }, api = app.api): Promise<[number, unknown]> => {
    const { status, body } = await api.post(`/events/transports/${pk}/test/`);
    return [status, body];
  };

  it('posts to a webhook at once, and shows the answer', async () => {
    const transport = await createTransport('webhook');
    expect(await test(transport)).toEqual([200, { messages: ['200', 'taken'] }]);
    expect(JSON.parse(receivedBy(transport)[0]!.body)).toMatchObject({
      body: `Test of the transport ${transport.name}`,
      user_username: 'akadmin',
    });
    receiver.answer = (response) => response.writeHead(418).end('I am a teapot');
    expect(await test(transport)).toEqual([500, 'Status 418: I am a teapot']);
  });

  it('notifies the caller in the API, or by a mail if they have an address', async () => {
    const ada = await createReader();
    const change = ['authentik_events.view_notificationtransport', 'authentik_events.change_notificationtransport'];
    const key = await createPlainUser(app.dataSource, change);
    const api = app.client(key);
    const [local, mail] = [await createTransport('local'), await createTransport('email')];
    expect(await test(local, ada.api)).toEqual([403, expect.anything()]);
    expect(await test(local, api)).toEqual([200, { messages: [] }]);
    const [notification] = await notificationsOf(api);
    expect(notification).toMatchObject({ severity: 'notice', body: `Test of the transport ${local.name}` });
    expect(notification).not.toHaveProperty('event');
    expect(await test(mail, api)).toEqual([500, 'Your account has no email address that gets mails.']);
    const { pk } = (await api.get('/core/users/me/')).body.user;
    const email = `${randomUUID()}@example.org`;
    await app.api.patch(`/core/users/${pk}/`, { email });
    expect(await test(mail, api)).toEqual([200, { messages: [expect.stringContaining(email)] }]);
    await vi.waitFor(() => expect(sink.mails.filter(({ to }) => to === email)).toHaveLength(1), patience);
  });
});
