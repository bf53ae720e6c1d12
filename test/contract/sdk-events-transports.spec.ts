import {
  EventsApi,
  type NotificationTransport,
  NotificationTransportModeEnum as Mode,
  type NotificationTransportRequest,
} from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/events/transports/', (sdk) => {
  const events = (): EventsApi => new EventsApi(sdk().configuration());
  const create = (notificationTransportRequest: NotificationTransportRequest): Promise<NotificationTransport> =>
    events().eventsTransportsCreate({ notificationTransportRequest });

  it('creates with authentik’s defaults', async () => {
    const transport = await create({ name: 'defaults', webhookMapping: null });
    expect(transport).toEqual({
      pk: transport.pk,
      name: 'defaults',
      mode: Mode.Local,
      modeVerbose: 'Notifications in the API',
      webhookUrl: '',
      sendOnce: false,
    });
    expect(await events().eventsTransportsRetrieve({ uuid: transport.pk })).toEqual(transport);
  });

  it('creates with every field, and filters a list by every filter', async () => {
    const everything = {
      name: 'everything',
      mode: Mode.WebhookSlack,
      webhookUrl: 'https://chat.example.org/a',
      sendOnce: true,
    };
    const { pk } = await create(everything);
    await create({ name: 'another', mode: Mode.Email });
    for (const [name, value] of Object.entries({ ...everything, search: 'chat.example' })) {
      const { results } = await events().eventsTransportsList({ [name]: value });
      expect([name, results.map((result) => result.pk)]).toEqual([name, [pk]]);
    }
    const page = await events().eventsTransportsList({ ordering: '-name', page: 1, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['everything']);
  });

  it('answers 400 for a mode without its URL, for a private address and for a mapping', async () => {
    await create({ name: 'taken' });
    const mapping = '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90';
    const wrong = { name: 'taken', mode: 'pigeon' as Mode, webhookUrl: 'http://10.0.0.1/', webhookMapping: mapping };
    expect(await refusal(create(wrong))).toEqual({
      status: 400,
      body: {
        name: ['Notification Transport with this name already exists.'],
        mode: ['"pigeon" is not a valid choice.'],
        webhook_url: ['10.0.0.1 has no address that is public or in WEBHOOK_ALLOW.'],
        webhook_mapping: [`Invalid pk "${mapping}" - object does not exist.`],
      },
    });
    for (const mode of [Mode.Webhook, Mode.WebhookSlack]) {
      expect(await refusal(create({ name: mode, mode }))).toEqual({
        status: 400,
        body: { webhook_url: ['Webhook URL may not be empty.'] },
      });
    }
  });

  it('changes the sent fields with PUT and PATCH, lists the rules that use it, and deletes', async () => {
    const { pk: uuid } = await create({ name: 'old', mode: Mode.Webhook, webhookUrl: 'https://example.org/' });
    const patched = await events().eventsTransportsPartialUpdate({
      uuid,
      patchedNotificationTransportRequest: { mode: Mode.WebhookSlack },
    });
    expect(patched).toMatchObject({ name: 'old', mode: Mode.WebhookSlack, webhookUrl: 'https://example.org/' });
    const cleared = { uuid, patchedNotificationTransportRequest: { webhookUrl: '' } };
    expect((await refusal(events().eventsTransportsPartialUpdate(cleared))).status).toBe(400);
    const notificationTransportRequest = { name: 'new', mode: Mode.Email, webhookUrl: '' };
    const replaced = await events().eventsTransportsUpdate({ uuid, notificationTransportRequest });
    expect(replaced).toMatchObject({ name: 'new', mode: Mode.Email, webhookUrl: '' });
    const rule = await events().eventsRulesCreate({ notificationRuleRequest: { name: 'rule', transports: [uuid] } });
    expect(await events().eventsTransportsUsedByList({ uuid })).toEqual([
      {
        app: 'authentik_events',
        modelName: 'notificationrule',
        pk: rule.pk,
        name: 'Notification Rule rule',
        action: 'cascade_many',
      },
    ]);
    await events().eventsTransportsDestroy({ uuid });
    expect((await refusal(events().eventsTransportsRetrieve({ uuid }))).status).toBe(404);
    expect((await events().eventsRulesRetrieve({ pbmUuid: rule.pk })).transports).toEqual([]);
  });

  it('tests a transport: 200 with messages, or 500 with the reason', async () => {
    const { pk: local } = await create({ name: 'local' });
    expect(await events().eventsTransportsTestCreate({ uuid: local })).toEqual({ messages: [] });
    // As if WEBHOOK_ALLOW had named the network when the transport was created.
    const { pk: uuid } = await create({ name: 'broken', mode: Mode.Webhook, webhookUrl: 'https://example.org/' });
    await sdk().app.dataSource.query(`update "notification_transport" set webhook_url = $2 where transport_uuid = $1`, [
      uuid,
      'http://127.0.0.1:9/',
    ]);
    expect(await refusal(events().eventsTransportsTestCreate({ uuid }))).toEqual({
      status: 500,
      body: '127.0.0.1 has no address that is public or in WEBHOOK_ALLOW.',
    });
  });
});
