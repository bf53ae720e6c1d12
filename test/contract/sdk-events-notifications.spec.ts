import { EventsApi, SeverityEnum } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { EventLog } from '../../src/events/event-log.js';
import { createPlainUser } from '../support/plain-user.js';
import { describeSdk, refusal } from './sdk.js';

describeSdk('/events/notifications/', (sdk) => {
  const events = (key?: string): EventsApi => new EventsApi(sdk().configuration(key));

  /** A user with a notification of an event, and its key. */
  async function notified(body: string): Promise<{ key: string; uuid: string; event: string; user: number }> {
    const { nest, dataSource } = sdk().app;
    const key = await createPlainUser(dataSource);
    const { body: me } = await sdk().app.client(key).get('/core/users/me/');
    await nest.get(EventLog).write(dataSource.manager, { action: 'login', app: body, context: { message: body } });
    const [row] = await dataSource.query(
      `insert into "notification" (notification_uuid, severity, body, event_uuid, user_id)
       select gen_random_uuid(), 'alert', $1, event_uuid, $2 from "event" where app = $1
       returning notification_uuid as uuid, event_uuid as event`,
      [body, me.user.pk],
    );
    return { key, ...row, user: me.user.pk };
  }

  it('shows a notification with its event', async () => {
    const { key, uuid, event } = await notified('shown');
    const notification = await events(key).eventsNotificationsRetrieve({ uuid });
    expect(notification).toMatchObject({
      pk: uuid,
      severity: SeverityEnum.Alert,
      body: 'shown',
      created: expect.any(Date),
      event: { pk: event, action: 'login', context: { message: 'shown' } },
      seen: false,
    });
    expect(await events(key).eventsNotificationsUsedByList({ uuid })).toEqual([]);
    await sdk().app.dataSource.query(`delete from "event" where event_uuid = $1`, [event]);
    expect(await events(key).eventsNotificationsRetrieve({ uuid })).not.toHaveProperty('event.pk');
  });

  it('filters a list by every filter', async () => {
    const { uuid, event, user } = await notified('filtered');
    await notified('another');
    for (const filter of [{ body: 'filtered' }, { event }, { user }, { search: 'filt' }, { severity: 'alert', user }]) {
      const { results } = await events().eventsNotificationsList(filter as object);
      expect([filter, results.map(({ pk }) => pk)]).toEqual([filter, [uuid]]);
    }
    for (const filter of [{ seen: true, user }, { severity: 'notice', user }, { created: new Date(0) }]) {
      expect((await events().eventsNotificationsList(filter as object)).results).toEqual([]);
    }
    const page = await events().eventsNotificationsList({ ordering: 'body', page: 1, pageSize: 1 });
    expect(page.results.map(({ body }) => body)).toEqual(['another']);
  });

  it('lets users see, mark and delete their own, and not those of others', async () => {
    const [mine, other] = [await notified('mine'), await notified('other')];
    const api = events(mine.key);
    expect((await api.eventsNotificationsList()).results.map(({ body }) => body)).toEqual(['mine']);
    for (const call of [
      () => api.eventsNotificationsRetrieve({ uuid: other.uuid }),
      () => api.eventsNotificationsPartialUpdate({ uuid: other.uuid, patchedNotificationRequest: { seen: true } }),
      () => api.eventsNotificationsDestroy({ uuid: other.uuid }),
    ]) {
      expect((await refusal(call())).status).toBe(404);
    }
    const { uuid } = mine;
    const seen = await api.eventsNotificationsPartialUpdate({ uuid, patchedNotificationRequest: { seen: true } });
    expect(seen).toMatchObject({ seen: true, body: 'mine' });
    expect((await api.eventsNotificationsUpdate({ uuid, notificationRequest: { seen: false } })).seen).toBe(false);
    await api.eventsNotificationsMarkAllSeenCreate();
    expect((await api.eventsNotificationsRetrieve({ uuid })).seen).toBe(true);
    expect((await events(other.key).eventsNotificationsRetrieve({ uuid: other.uuid })).seen).toBe(false);
    await api.eventsNotificationsDestroy({ uuid });
    expect((await api.eventsNotificationsList()).results).toEqual([]);
  });
});
