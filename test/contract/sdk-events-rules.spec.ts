import { EventsApi, type NotificationRule, type NotificationRuleRequest, SeverityEnum } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { createGroup } from '../factories/group.js';
import { describeSdk, refusal } from './sdk.js';

describeSdk('/events/rules/', (sdk) => {
  const events = (): EventsApi => new EventsApi(sdk().configuration());
  const create = (notificationRuleRequest: NotificationRuleRequest): Promise<NotificationRule> =>
    events().eventsRulesCreate({ notificationRuleRequest });
  const createTransport = async (name: string): Promise<string> =>
    (await events().eventsTransportsCreate({ notificationTransportRequest: { name } })).pk;

  it('creates with authentik’s defaults', async () => {
    const rule = await create({ name: 'defaults' });
    expect(rule).toEqual({
      pk: rule.pk,
      name: 'defaults',
      transports: [],
      severity: SeverityEnum.Notice,
      groupObj: null,
    });
    expect(await events().eventsRulesRetrieve({ pbmUuid: rule.pk })).toEqual(rule);
  });

  it('creates with every field, and filters a list by every filter', async () => {
    const group = await createGroup(sdk().app.api, { name: 'operators' });
    const transports = [await createTransport('a'), await createTransport('b')];
    const rule = await create({ name: 'everything', transports, severity: SeverityEnum.Alert, group: group.pk });
    expect(rule).toMatchObject({ transports, severity: 'alert', group: group.pk, groupObj: { name: 'operators' } });
    await create({ name: 'another' });
    const filters = { name: 'everything', severity: 'alert', groupName: 'operators', search: 'operat' };
    for (const [name, value] of Object.entries(filters)) {
      const { results } = await events().eventsRulesList({ [name]: value });
      expect([name, results.map(({ pk }) => pk)]).toEqual([name, [rule.pk]]);
    }
    const page = await events().eventsRulesList({ ordering: '-name', page: 1, pageSize: 1 });
    expect(page.results.map(({ name }) => name)).toEqual(['everything']);
    const { body } = await sdk().app.api.get(`/core/groups/${group.pk}/used_by/`);
    expect(body).toMatchObject([{ model_name: 'notificationrule', pk: rule.pk, action: 'set_null' }]);
    await sdk().app.api.delete(`/core/groups/${group.pk}/`);
    expect((await events().eventsRulesRetrieve({ pbmUuid: rule.pk })).groupObj).toBeNull();
  });

  it('answers 400 for a name that is taken and for objects that are not there', async () => {
    await create({ name: 'taken' });
    const key = '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90';
    const missing = [`Invalid pk "${key}" - object does not exist.`];
    const wrong = { name: 'taken', transports: [key], group: key, severity: 'loud' as SeverityEnum };
    expect(await refusal(create(wrong))).toEqual({
      status: 400,
      body: {
        name: ['Notification Rule with this name already exists.'],
        transports: missing,
        severity: ['"loud" is not a valid choice.'],
        group: missing,
      },
    });
  });

  it('changes the sent fields with PUT and PATCH, lists its transports, and deletes', async () => {
    const transport = await createTransport('c');
    const { pk: pbmUuid } = await create({ name: 'old', severity: SeverityEnum.Warning });
    const patchedNotificationRuleRequest = { transports: [transport] };
    const patched = await events().eventsRulesPartialUpdate({ pbmUuid, patchedNotificationRuleRequest });
    expect(patched).toMatchObject({ name: 'old', severity: 'warning', transports: [transport] });
    expect(await events().eventsRulesUsedByList({ pbmUuid })).toMatchObject([
      { modelName: 'notificationtransport', pk: transport, action: 'cascade_many' },
    ]);
    const replaced = await events().eventsRulesUpdate({
      pbmUuid,
      notificationRuleRequest: { name: 'new', transports: [] },
    });
    expect(replaced).toMatchObject({ name: 'new', severity: 'warning', transports: [] });
    await events().eventsRulesDestroy({ pbmUuid });
    expect((await refusal(events().eventsRulesRetrieve({ pbmUuid }))).status).toBe(404);
  });
});
