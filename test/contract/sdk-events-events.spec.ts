import { randomUUID } from 'node:crypto';

import { EventsApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { EventLog, type NewEvent } from '../../src/events/event-log.js';
import { describeSdk, refusal } from './sdk.js';

describeSdk('/events/events/', (sdk) => {
  const events = (key?: string | null): EventsApi => new EventsApi(sdk().configuration(key));
  const write = async (event: Partial<NewEvent> = {}): Promise<void> => {
    const { nest, dataSource } = sdk().app;
    const defaults = { action: 'email_sent', app: 'authentik.stages.email.tasks', context: {} } as const;
    await nest.get(EventLog).write(dataSource.manager, { ...defaults, ...event });
  };

  it('returns recorded events', async () => {
    const user = { pk: 1, username: 'ada', email: 'ada@example.org' };
    const context = { to_email: 'ada@example.org', attempts: 1 };
    await write({ app: 'told', user, context, clientIp: '192.0.2.1' });
    const { results } = await events().eventsEventsList({ search: 'told' });
    expect(results).toEqual([
      {
        pk: expect.stringMatching(/^[0-9a-f-]{36}$/),
        user,
        action: 'email_sent',
        app: 'told',
        context,
        clientIp: '192.0.2.1',
        created: expect.any(Date),
        expires: expect.any(Date),
        brand: {},
      },
    ]);
    expect(await events().eventsEventsRetrieve({ eventUuid: results[0]!.pk })).toEqual(results[0]);
  });

  it('filters a list', async () => {
    const model = { pk: randomUUID(), app: 'authentik_stages_email', model_name: 'emailstage' };
    const user = { pk: 2, username: 'grace', email: 'grace@example.org' };
    // The start writes events of what it creates.
    await sdk().app.dataSource.query('delete from "event"');
    await write({ action: 'model_created', app: 'wanted', user, context: { model }, clientIp: '192.0.2.2' });
    await write({ app: 'other' });
    const filters = {
      action: 'model_crea',
      clientIp: '192.0.2.2',
      contextModelApp: model.app,
      contextModelName: model.model_name,
      contextModelPk: model.pk,
      username: 'grace',
      search: 'wanted',
    };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await events().eventsEventsList({ [name]: value });
      expect([name, results.map(({ app }) => app)]).toEqual([name, ['wanted']]);
    }
    expect((await events().eventsEventsList({ brandName: 'none' })).results).toEqual([]);
    expect((await events().eventsEventsList({ contextAuthorizedApp: 'none' })).results).toEqual([]);
  });

  it('paginates events, newest first', async () => {
    for (const app of ['page a', 'page b', 'page c']) await write({ app });
    const first = await events().eventsEventsList({ search: 'page', pageSize: 2 });
    expect(first.results.map(({ app }) => app)).toEqual(['page c', 'page b']);
    const last = await events().eventsEventsList({ search: 'page', pageSize: 2, page: 2, ordering: 'app' });
    expect(last.results.map(({ app }) => app)).toEqual(['page c']);
    expect((await refusal(events().eventsEventsList({ search: 'page', page: 2 }))).status).toBe(404);
  });

  it('answers 404 for an unknown event and 403 without credentials', async () => {
    expect(await refusal(events().eventsEventsRetrieve({ eventUuid: randomUUID() }))).toEqual({
      status: 404,
      body: { detail: 'Not found.' },
    });
    expect(await refusal(events(null).eventsEventsList())).toEqual({
      status: 403,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });
});
