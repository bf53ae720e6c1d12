import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { created } from '../factories/created.js';
import { patience } from '../support/notified.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => {
  await app.stop();
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
