import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SETTINGS, type Settings } from '../../src/config/settings.js';
import { Housekeeping } from '../../src/database/housekeeping.js';
import type { EventDto } from '../../src/events/dto/event.dto.js';
import { EventLog, type NewEvent } from '../../src/events/event-log.js';
import { Event } from '../../src/events/event.entity.js';
import { createPlainUser } from '../support/plain-user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
const flow = randomUUID();

async function write(event: Partial<NewEvent>): Promise<void> {
  const log = app.nest.get(EventLog, { strict: false });
  await log.write(app.dataSource.manager, { action: 'login', app: 'authentik.core', context: {}, ...event });
}

async function actionsOf(query: string): Promise<string[]> {
  const { status, body } = await app.api.get(`/events/events/?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.results.map((event: { action: string }) => event.action);
}

beforeAll(async () => {
  app = await startTestApp();
  // Startup writes events for the objects that it creates.
  await app.dataSource.query('delete from "event"');
  await write({
    action: 'email_sent',
    app: 'authentik.stages.email',
    context: { message: 'Email to eve@example.org sent', message_id: randomUUID(), subject: '100% yours' },
  });
  await write({
    action: 'model_updated',
    app: 'authentik.flows',
    context: { model: { app: 'authentik_flows', model_name: 'flow', pk: flow.replaceAll('-', ''), name: 'Sign in' } },
    user: { pk: 7, username: 'alice', email: 'alice@example.org' },
    clientIp: '192.0.2.7',
  });
  await write({ action: 'authorize_application', context: { authorized_application: { pk: 'abc' } } });
  await write({ action: 'email_failed', app: 'authentik.stages.email', context: { reason: 'No such user' } });
});
afterAll(() => app.stop());

describe('/events/events/', () => {
  it('lists events, newest first', async () => {
    const { body } = await app.api.get('/events/events/');
    expect(body.pagination).toMatchObject({ count: 4, current: 1 });
    expect(body.results.map(({ action }: { action: string }) => action)).toEqual([
      'email_failed',
      'authorize_application',
      'model_updated',
      'email_sent',
    ]);
    expect(body.results[2]).toEqual({
      pk: expect.any(String),
      user: { pk: 7, username: 'alice', email: 'alice@example.org' },
      action: 'model_updated',
      app: 'authentik.flows',
      context: { model: { app: 'authentik_flows', model_name: 'flow', pk: flow.replaceAll('-', ''), name: 'Sign in' } },
      client_ip: '192.0.2.7',
      created: expect.stringMatching(/Z$/),
      expires: expect.stringMatching(/Z$/),
      brand: {},
    });
  });

  it('returns one event', async () => {
    const { body } = await app.api.get('/events/events/?action=email_sent');
    const [event] = body.results;
    const answer = await app.api.get(`/events/events/${event.pk}/`);
    expect([answer.status, answer.body]).toEqual([200, event]);
    expect((await app.api.get(`/events/events/${randomUUID()}/`)).status).toBe(404);
  });

  it.each([
    ['action=email', ['email_failed', 'email_sent']],
    ['action=EMAIL_SENT', ['email_sent']],
    ['action=%25', []],
    ['username=alice', ['model_updated']],
    ['client_ip=192.0.2.7', ['model_updated']],
    ['context_model_app=authentik_flows', ['model_updated']],
    ['context_model_name=flow', ['model_updated']],
    [`context_model_pk=${flow}`, ['model_updated']],
    [`context_model_pk=${flow.replaceAll('-', '')}`, ['model_updated']],
    ['context_authorized_app=abc', ['authorize_application']],
    ['brand_name=anything', []],
    ['search=eve%40example.org', ['email_sent']],
    ['search=100%25', ['email_sent']],
    ['search=stages.email', ['email_failed', 'email_sent']],
    ['ordering=action', ['authorize_application', 'email_failed', 'email_sent', 'model_updated']],
    ['action=&username=&page_size=1', ['email_failed']],
  ])('filters by %s', async (query, actions) => {
    expect(await actionsOf(query)).toEqual(actions);
  });

  it('requires permission to view events', async () => {
    const refused = app.client(await createPlainUser(app.dataSource));
    const admitted = app.client(await createPlainUser(app.dataSource, ['authentik_events.view_event']));
    expect((await refused.get('/events/events/')).status).toBe(403);
    expect((await admitted.get('/events/events/')).status).toBe(200);
    expect((await app.client(undefined).get('/events/events/')).status).toBe(403);
  });

  it('answers 405 for POST', async () => {
    expect((await app.api.post('/events/events/', { action: 'login', app: 'x' })).status).toBe(405);
  });
});

describe('Housekeeping', () => {
  it('deletes only events that are older than EVENT_RETENTION, and none if it is 0', async () => {
    const settings = app.nest.get<Settings>(SETTINGS);
    const [expired] = await app.dataSource.manager.find(Event, { order: { created: 'ASC' } });
    const created = new Date(Date.now() - 365 * 86_400_000 - 1000);
    await app.dataSource.manager.update(Event, { pk: expired!.pk }, { created });
    const found = async (): Promise<EventDto> => (await app.api.get(`/events/events/${expired!.pk}/`)).body;
    expect((await found()).expires).toBe(new Date(created.getTime() + 365 * 86_400_000).toISOString());

    Object.assign(settings, { eventRetention: 0 });
    await app.nest.get(Housekeeping).doEverything();
    expect(await found()).not.toHaveProperty('expires');
    Object.assign(settings, { eventRetention: 366 });
    await app.nest.get(Housekeeping).doEverything();
    Object.assign(settings, { eventRetention: 365 });

    const before = await app.dataSource.manager.count(Event);
    await app.nest.get(Housekeeping).doEverything();
    expect(await app.dataSource.manager.count(Event)).toBe(before - 1);
    expect(await app.dataSource.manager.existsBy(Event, { pk: expired!.pk })).toBe(false);
  });
});
