import { randomUUID } from 'node:crypto';

import { FlowsApi, StagesApi } from '@goauthentik/api';
import { expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

/** Kinds that the SDK has the same methods for, with other values than the defaults. */
const kinds = {
  Consent: {
    path: '/stages/consent/',
    needed: {},
    others: { mode: 'expiring', consentExpireIn: 'days=1' },
    filters: ['name', 'stageUuid', 'mode', 'consentExpireIn'],
  },
  Deny: {
    path: '/stages/deny/',
    needed: {},
    others: { denyMessage: 'Not today.' },
    filters: ['name', 'stageUuid', 'denyMessage'],
  },
  Identification: {
    path: '/stages/identification/',
    needed: { userFields: ['email'] },
    others: {
      userFields: ['username', 'upn'],
      caseInsensitiveMatching: false,
      showMatchedUser: false,
      showSourceLabels: true,
      pretendUserExists: false,
    },
    filters: ['name', 'caseInsensitiveMatching', 'showMatchedUser', 'showSourceLabels'],
  },
  Password: {
    path: '/stages/password/',
    needed: { backends: ['authentik.core.auth.InbuiltBackend'] },
    others: {
      backends: ['authentik.core.auth.TokenBackend', 'authentik.sources.ldap.auth.LDAPBackend'],
      failedAttemptsBeforeCancel: 3,
      allowShowPassword: true,
    },
    filters: ['name', 'failedAttemptsBeforeCancel', 'allowShowPassword'],
  },
  UserLogin: {
    path: '/stages/user_login/',
    needed: {},
    others: {
      sessionDuration: 'hours=8',
      terminateOtherSessions: true,
      rememberMeOffset: 'days=30',
      networkBinding: 'bind_asn_network_ip',
      geoipBinding: 'bind_continent_country',
    },
    filters: ['name', 'stageUuid', 'sessionDuration', 'rememberMeOffset', 'networkBinding', 'geoipBinding'],
  },
} as const;

for (const [kind, { path, needed, others, filters }] of Object.entries(kinds)) {
  describeSdk(path, (sdk) => {
    type Stage = Record<string, any>;

    /** Calls the method of the SDK: `stagesDenyCreate`. */
    function call(operation: string, parameters: object = {}, key?: string | null): Promise<any> {
      const stages = new StagesApi(sdk().configuration(key));
      return (stages as unknown as Record<string, (parameters: object) => Promise<any>>)[`stages${kind}${operation}`]!(
        parameters,
      );
    }
    const request = (name: string): string => `${name}StageRequest`;
    const body = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
    const create = (fields: object = {}): Promise<Stage> =>
      call('Create', { [request(body)]: { name: `stage-${randomUUID()}`, ...needed, ...fields } });

    it('creates, retrieves and deletes', async () => {
      const stage = await create(others);
      expect(stage).toMatchObject({ ...others, flowSet: [], pk: expect.any(String) });
      expect(await call('Retrieve', { stageUuid: stage['pk'] })).toEqual(stage);
      await call('Destroy', { stageUuid: stage['pk'] });
      expect((await refusal(call('Retrieve', { stageUuid: stage['pk'] }))).status).toBe(404);
    });

    it('changes with PUT what is named, and with PATCH a single field, or nothing', async () => {
      const stage = await create();
      const stageUuid: unknown = stage['pk'];
      const replaced = { ...stage, ...needed, name: `replaced-${kind}` };
      const named = { ...needed, name: `replaced-${kind}` };
      expect(await call('Update', { stageUuid, [request(body)]: named })).toEqual(replaced);
      expect(await call('PartialUpdate', { stageUuid })).toEqual(replaced);
      const patched = { [request(`patched${kind}`)]: others };
      expect(await call('PartialUpdate', { stageUuid, ...patched })).toEqual({ ...replaced, ...others });
    });

    it('lists what a filter leaves, in the order that is asked for', async () => {
      const wanted = await create({ ...others, name: `wanted-${kind}` });
      const other = await create();
      const values: Stage = { ...wanted, stageUuid: wanted['pk'], search: 'wanted' };
      for (const filter of [...filters, 'search']) {
        const { results } = await call('List', { [filter]: values[filter] });
        const pks = results.map(({ pk }: Stage) => pk);
        expect([filter, pks.includes(wanted['pk']), pks.includes(other['pk'])]).toEqual([filter, true, false]);
      }
      const { results, pagination } = await call('List', { ordering: '-name', pageSize: 1 });
      expect(results.map(({ name }: Stage) => name)).toEqual([`wanted-${kind}`]);
      expect(pagination).toMatchObject({ previous: 0, current: 1, startIndex: 1, endIndex: 1 });
    });

    it('tells what uses a stage', async () => {
      const { pk: stage } = await create();
      const flows = new FlowsApi(sdk().configuration());
      const flowRequest = { name: 'Sign in', slug: 'sign-in', title: 'Hello', designation: 'authentication' as const };
      const { pk: target } = await flows.flowsInstancesCreate({ flowRequest });
      await flows.flowsBindingsCreate({ flowStageBindingRequest: { target, stage, order: 10 } });
      const users = await call('UsedByList', { stageUuid: stage });
      expect(users.map(({ name }: Stage) => name)).toEqual([
        'Flow Sign in (sign-in)',
        `Flow-stage binding #10 to ${target}`,
      ]);
    });

    it('refuses callers who are nobody', async () => {
      expect(await refusal(call('List', {}, null))).toEqual({
        status: 403,
        body: { detail: 'Authentication credentials were not provided.' },
      });
    });
  });
}
