import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { EventNotifier } from '../../src/notifications/event-notifier.service.js';
import { firingRules } from '../../src/policies/policy-engine.js';
import { WebhookStore } from '../../src/webhooks/webhook-store.js';
import { importEntries } from '../factories/blueprint.js';
import { created } from '../factories/created.js';
import { createRule } from '../factories/notification-rule.js';
import { bodiesOf, createReader, createRole, patience, roleCreated, settled } from '../support/notified.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => {
  await app.stop();
});

afterEach(async () => {
  // Rules of other tests fire for no event.
  await app.dataSource.query(`update "notification_rule" set group_uuid = null`);
});

const unread = 'https://chat.example.org/hook';

function createTransport(fields: object): Promise<{ pk: string; name: string }> {
  return created(app.api.post('/events/transports/', { name: randomUUID(), ...fields }));
}

it('A transport has a URL for its mode even if two requests change it at once', async () => {
  const transport = await createTransport({ mode: 'local', webhook_url: unread });
  const answer = await app.dataSource.transaction(async (manager) => {
    await manager.query(`update "notification_transport" set webhook_url = '' where transport_uuid = $1`, [
      transport.pk,
    ]);
    const asked = app.api.patch(`/events/transports/${transport.pk}/`, { mode: 'webhook' });
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
                       and query ilike '%notification_transport%'`;
    await expect.poll(async () => (await app.dataSource.query<unknown[]>(waiting)).length, patience).toBe(1);
    return { asked };
  });
  expect(await answer.asked).toMatchObject({ status: 400, body: { webhook_url: ['Webhook URL may not be empty.'] } });
});

it('A rule that fails holds up no other, and gives up with an event that says why', async () => {
  const ada = await createReader(app);
  const good = await createRule(app.api, [ada], [], roleCreated, { severity: 'alert' });
  const bad = await createRule(app.api, [ada], [], roleCreated);
  await settled(app.dataSource);
  await app.dataSource.query(`delete from "notification"`);
  const notifier = app.nest.get(EventNotifier, { strict: false });
  notifier.register((manager, rules, event) =>
    rules.includes(bad.pk) ? manager.query('select 1 / 0') : firingRules(manager, rules, event),
  );
  const name = await createRole(app.api);
  await vi.waitFor(async () => {
    await app.dataSource.query(`update "event_for_rules" set not_before = now()`);
    expect(await app.dataSource.query(`select * from "event_for_rules"`)).toEqual([]);
  }, patience);
  notifier.register(firingRules);
  expect(good.severity).toBe('alert');
  expect(await bodiesOf(ada.api)).toEqual([`model_created: authentik_rbac.role ${name}`]);
  const { results } = (await app.api.get('/events/events/?action=configuration_error')).body;
  expect(results).toMatchObject([{ app: 'authentik.notifications', context: { message: expect.any(String) } }]);
  expect(results[0].context.message).toMatch(new RegExp(`^The notification rules "${bad.name}" .*division by zero`));
});

/** Mails that are queued for these addresses, with the values of their templates. */
function mailsTo(addresses: readonly string[]): Promise<{ address: string; isLast: boolean | null }[]> {
  return app.dataSource.query(
    `select recipient_address as address, (data->'values'->>'is_last')::boolean as "isLast" from "mail_message"
      where recipient_address = any($1)`,
    [addresses],
  );
}

it('A rule that notifies one user by mail chooses one who gets mails', async () => {
  const [unreachable, ada, grace] = [await createReader(app), await createReader(app), await createReader(app)];
  await app.api.patch(`/core/users/${unreachable.pk}/`, { email: '' });
  const transport = await createTransport({ mode: 'email', send_once: true });
  await createRule(app.api, [unreachable, ada, grace], [transport], roleCreated);
  await createRole(app.api);
  await settled(app.dataSource);
  expect(await mailsTo([ada.email, grace.email])).toEqual([{ address: ada.email, isLast: null }]);
});

it('A rule sends a user 20 mails in an hour, and the last one says so', async () => {
  const [ada, grace] = [await createReader(app), await createReader(app)];
  const rule = await createRule(app.api, [ada, grace], [await createTransport({ mode: 'email' })], roleCreated);
  await app.dataSource.query(
    `insert into "request_limit" (key, count, ends) values ($1, 19, now() + interval '1 hour')`,
    [`notification:${rule.pk}:${ada.pk}`],
  );
  await createRole(app.api);
  await createRole(app.api);
  await settled(app.dataSource);
  expect(await mailsTo([ada.email])).toEqual([{ address: ada.email, isLast: true }]);
  expect(await mailsTo([grace.email])).toHaveLength(2);
});

it('A user keeps the newest 1,000 notifications', async () => {
  const ada = await createReader(app);
  await app.dataSource.query(
    `insert into "notification" (notification_uuid, severity, body, user_id, created)
     select gen_random_uuid(), 'notice', number::text, $1, now() - number * interval '1 second'
       from generate_series(1, 1003) as number`,
    [ada.pk],
  );
  await app.nest.get(Housekeeping, { strict: false }).doEverything();
  const [kept] = await app.dataSource.query(
    `select count(*)::int as count, max(body::int) as oldest from "notification" where user_id = $1`,
    [ada.pk],
  );
  expect(kept).toEqual({ count: 1000, oldest: 1000 });
});

it('A mail that a worker of the release before has sent fires no rule', async () => {
  await createRule(app.api, [], [], { action: 'email_sent' });
  const queued = (template: string): Promise<number> =>
    app.dataSource.transaction(async (manager) => {
      const [{ event_uuid: pk }] = await manager.query(
        `insert into "event" (event_uuid, action, app, context) values (gen_random_uuid(), 'email_sent', $1, $2)
         returning event_uuid`,
        ['authentik.stages.email', { template }],
      );
      return (await manager.query<unknown[]>(`select from "event_for_rules" where event_uuid = $1`, [pk])).length;
    });
  expect([await queued('email/event_notification.html'), await queued('email/password_reset.html')]).toEqual([0, 1]);
});

it('Deliveries of a transport stay when an import that deletes it fails, and none is queued for one that is gone', async () => {
  const ada = await createReader(app);
  const transport = await createTransport({ mode: 'webhook', webhook_url: unread });
  const store = app.nest.get(WebhookStore, { strict: false });
  const event = { action: 'login', details: { secret: 'x' } };
  const queue = (pk: string): Promise<{ event: unknown }[]> =>
    app.dataSource.transaction(async (manager) => {
      await store.addNotifications(manager, pk, { severity: 'notice', body: 'x', event }, [ada]);
      await manager.query(`update "webhook_delivery" set next_attempt = 'infinity' where transport_uuid = $1`, [pk]);
      return manager.query(`select from "webhook_delivery" where transport_uuid = $1`, [pk]);
    });
  const { pk: local } = await createTransport({ mode: 'local' });
  expect([await queue(local), await queue(randomUUID())]).toEqual([[], []]);
  expect(await queue(transport.pk)).toHaveLength(1);
  const model = 'authentik_events.notificationtransport';
  const imported = await importEntries(app.api, [
    { model, identifiers: { name: transport.name }, state: 'absent' },
    { model, identifiers: { name: randomUUID() }, attrs: { mode: 'unheard' } },
  ]);
  expect(imported[0]).toBe(false);
  expect(await queue(transport.pk)).toHaveLength(2);
});
