import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { oneTimeCode } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { codeKeyOf } from '../../src/verifications/verification-mail.service.js';
import { flowEntry, importEntries } from '../factories/blueprint.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlow } from '../factories/flow.js';
import { createFurtherAddress } from '../factories/further-address.js';
import { createGroup } from '../factories/group.js';
import { formWith, images } from '../factories/image.js';
import { createInvitation } from '../factories/invitation.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createPasswordPolicy } from '../factories/password-policy.js';
import { createRole } from '../factories/role.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { createVerification } from '../factories/verification.js';
import { managedKinds, named } from '../support/managed-kinds.js';
import { modelEventsOf, summary } from '../support/model-events.js';
import { operations } from '../support/operations.js';
import { signedIn } from '../support/signed-in.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
const kinds = managedKinds(() => app.api);

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

type Call = () => Promise<{ status: number }>;

/** Operations other than create, update and delete: each prepares a call and returns it with its events. */
const others: Readonly<Record<string, () => Promise<[Call, ...events: string[]]>>> = {
  'DELETE /core/authenticated_sessions/{uuid}/': async () => {
    const { pk, username } = await createUser(app.api);
    await signedIn(app, { pk });
    const { body } = await app.api.get(`/core/authenticated_sessions/?user__username=${username}`);
    const path = `/core/authenticated_sessions/${body.results[0].uuid}/`;
    return [() => app.api.delete(path), 'model_deleted authentik_core.authenticatedsession'];
  },
  'POST /core/groups/{group_uuid}/add_user/': async () => {
    const { pk } = await createGroup(app.api);
    const user = await createUser(app.api);
    return [
      () => app.api.post(`/core/groups/${pk}/add_user/`, { pk: user.pk }),
      'model_updated authentik_core.group users',
    ];
  },
  'POST /core/groups/{group_uuid}/remove_user/': async () => {
    const user = await createUser(app.api);
    const { pk } = await createGroup(app.api, { users: [user.pk] });
    const call: Call = () => app.api.post(`/core/groups/${pk}/remove_user/`, { pk: user.pk });
    return [call, 'model_updated authentik_core.group users'];
  },
  'POST /core/tokens/{identifier}/set_key/': async () => {
    const { identifier } = await createToken(app.api);
    const call: Call = () => app.api.post(`/core/tokens/${identifier}/set_key/`, { key: randomUUID() });
    return [call, 'model_updated authentik_core.token key'];
  },
  'POST /mail/templates/{template_uuid}/restore/': async () => {
    const { pk } = await createMailTemplate(app.api);
    await app.api.patch(`/mail/templates/${pk}/`, { html: 'changed' });
    const call: Call = () => app.api.post(`/mail/templates/${pk}/restore/`, { version: 1 });
    return [call, 'model_updated authentik_mail.mailtemplate html'];
  },
  'POST /core/users/service_account/': async () => [
    () => app.api.post('/core/users/service_account/', { name: `service-${randomUUID()}`, create_group: true }),
    'model_created authentik_core.group',
    'model_created authentik_core.token',
    'model_created authentik_core.user',
    'model_updated authentik_core.group users',
  ],
  'POST /core/users/{id}/set_password/': async () => {
    const { pk } = await createUser(app.api);
    const call: Call = () => app.api.post(`/core/users/${pk}/set_password/`, { password: `correct-${randomUUID()}` });
    return [call, 'model_updated authentik_core.user password'];
  },
  'POST /core/users/{id}/addresses/': async () => {
    const { pk } = await createUser(app.api);
    const call: Call = () => app.api.post(`/core/users/${pk}/addresses/`, { address: `${randomUUID()}@example.org` });
    return [call, 'model_updated authentik_core.user addresses'];
  },
  'POST /core/users/{id}/addresses/remove/': async () => {
    const { pk } = await createUser(app.api);
    const address = await createFurtherAddress(app, pk);
    const call: Call = () => app.api.post(`/core/users/${pk}/addresses/remove/`, { address });
    return [call, 'model_updated authentik_core.user addresses'];
  },
  'POST /core/users/{id}/addresses/make_primary/': async () => {
    const { pk } = await createUser(app.api);
    const address = await createFurtherAddress(app, pk);
    const call: Call = () => app.api.post(`/core/users/${pk}/addresses/make_primary/`, { address });
    return [call, 'model_updated authentik_core.user email'];
  },
  'POST /core/users/{id}/addresses/verify/': async () => {
    const { pk } = await createUser(app.api);
    const address = await createFurtherAddress(app, pk);
    const call: Call = () => app.api.post(`/core/users/${pk}/addresses/verify/`, { address });
    return [call, 'model_created authentik_verifications.verification'];
  },
  'POST /flows/instances/import/': async () => [
    async () => {
      const [isSuccess] = await importEntries(app.api, [flowEntry(`flow-${randomUUID()}`)]);
      return { status: isSuccess ? 200 : 500 };
    },
    'model_created authentik_flows.flow',
  ],
  'POST /flows/instances/{slug}/set_background/': async () => {
    const { slug } = await createFlow(app.api);
    const raw = formWith(images.png);
    const call: Call = () => app.api.request('POST', `/flows/instances/${slug}/set_background/`, { raw });
    return [call, 'model_updated authentik_flows.flow background'];
  },
  'POST /flows/instances/{slug}/set_background_url/': async () => {
    const { slug } = await createFlow(app.api);
    const call: Call = () =>
      app.api.post(`/flows/instances/${slug}/set_background_url/`, { url: 'https://example.org/a.png' });
    return [call, 'model_updated authentik_flows.flow background'];
  },
  'POST /managed/blueprints/{instance_uuid}/apply/': async () => {
    const content = JSON.stringify({ version: 1, entries: [flowEntry(`flow-${randomUUID()}`)] });
    const { body } = await app.api.post('/managed/blueprints/', { ...named(), content });
    return [() => app.api.post(`/managed/blueprints/${body.pk}/apply/`), 'model_created authentik_flows.flow'];
  },
  'DELETE /policies/all/{policy_uuid}/': async () => {
    const { pk } = await createPasswordPolicy(app.api);
    return [() => app.api.delete(`/policies/all/${pk}/`), 'model_deleted authentik_policies_password.passwordpolicy'];
  },
  'POST /rbac/permissions/assigned_by_roles/{uuid}/assign/': async () => {
    const { pk } = await createRole(app.api);
    const permissions = ['authentik_flows.view_flow'];
    const call: Call = () => app.api.post(`/rbac/permissions/assigned_by_roles/${pk}/assign/`, { permissions });
    return [call, 'model_updated authentik_rbac.role permissions'];
  },
  'PATCH /rbac/permissions/assigned_by_roles/{uuid}/unassign/': async () => {
    const permissions = ['authentik_flows.view_flow'];
    const { pk } = await createRole(app.api, permissions);
    const call: Call = () => app.api.patch(`/rbac/permissions/assigned_by_roles/${pk}/unassign/`, { permissions });
    return [call, 'model_updated authentik_rbac.role permissions'];
  },
  'POST /rbac/permissions/assigned_by_users/{id}/assign/': async () => {
    const { pk } = await createUser(app.api);
    const permissions = ['authentik_flows.view_flow'];
    const call: Call = () => app.api.post(`/rbac/permissions/assigned_by_users/${pk}/assign/`, { permissions });
    return [call, 'model_updated authentik_core.user permissions'];
  },
  'PATCH /rbac/permissions/assigned_by_users/{id}/unassign/': async () => {
    const { pk } = await createUser(app.api);
    const permissions = ['authentik_flows.view_flow'];
    await app.api.post(`/rbac/permissions/assigned_by_users/${pk}/assign/`, { permissions });
    const call: Call = () => app.api.patch(`/rbac/permissions/assigned_by_users/${pk}/unassign/`, { permissions });
    return [call, 'model_updated authentik_core.user permissions'];
  },
  'PUT /rbac/permissions/roles/{id}/': () => moveGrant('roles', 'PUT'),
  'PATCH /rbac/permissions/roles/{id}/': () => moveGrant('roles', 'PATCH'),
  'DELETE /rbac/permissions/roles/{id}/': () => deleteGrant('roles'),
  'PUT /rbac/permissions/users/{id}/': () => moveGrant('users', 'PUT'),
  'PATCH /rbac/permissions/users/{id}/': () => moveGrant('users', 'PATCH'),
  'DELETE /rbac/permissions/users/{id}/': () => deleteGrant('users'),
  'POST /mail/domains/{domain_uuid}/activate/': async () => {
    const { pk } = await createDomain();
    const call: Call = () => app.api.post(`/mail/domains/${pk}/activate/`, { force: true });
    return [call, 'model_updated authentik_mail.maildomain keys'];
  },
  'POST /mail/domains/{domain_uuid}/rotate/': async () => {
    const { pk } = await createDomain();
    await app.api.post(`/mail/domains/${pk}/activate/`, { force: true });
    const call: Call = () => app.api.post(`/mail/domains/${pk}/rotate/`, {});
    return [call, 'model_updated authentik_mail.maildomain keys'];
  },
  'POST /stages/invitation/invitations/{invite_uuid}/send_email/': async () => {
    const { pk } = await createInvitation(app.api, { flow: (await createFlow(app.api)).pk });
    const email = `${randomUUID()}@example.org`;
    const call: Call = () => app.api.post(`/stages/invitation/invitations/${pk}/send_email/`, { email });
    return [call, 'model_updated authentik_stages_invitation.invitation mailed_to'];
  },
  'POST /verifications/': () => {
    const call: Call = () => app.api.post('/verifications/', { email: `${randomUUID()}@example.org` });
    return Promise.resolve([call, 'model_created authentik_verifications.verification']);
  },
  'POST /verifications/{verification_uuid}/check/': async () => {
    const { pk } = await createVerification(app.api);
    const code = oneTimeCode(codeKeyOf({ pk, mails: 1 }), app.nest.get(SecretBox, { strict: false }));
    const call: Call = () => app.api.post(`/verifications/${pk}/check/`, { code });
    return [call, 'model_updated authentik_verifications.verification status'];
  },
  'POST /verifications/{verification_uuid}/cancel/': async () => {
    const { pk } = await createVerification(app.api);
    const call: Call = () => app.api.post(`/verifications/${pk}/cancel/`, {});
    return [call, 'model_updated authentik_verifications.verification status'];
  },
  'DELETE /verifications/{verification_uuid}/': async () => {
    const { pk } = await createVerification(app.api);
    return [() => app.api.delete(`/verifications/${pk}/`), 'model_deleted authentik_verifications.verification'];
  },
  'POST /webhooks/endpoints/{endpoint_uuid}/rotate_secret/': async () => {
    const { pk } = (await app.api.post('/webhooks/endpoints/', { ...named(), url: 'https://example.org/' })).body;
    const call: Call = () => app.api.post(`/webhooks/endpoints/${pk}/rotate_secret/`);
    return [call, 'model_updated authentik_webhooks.webhookendpoint secret'];
  },
  'DELETE /stages/all/{stage_uuid}/': async () => {
    const { pk } = await createEmailStage(app.api);
    return [() => app.api.delete(`/stages/all/${pk}/`), 'model_deleted authentik_stages_email.emailstage'];
  },
};

async function createDomain(): Promise<{ pk: string }> {
  return (await app.api.post('/mail/domains/', { name: `${randomUUID()}.example.org` })).body;
}

const holders = { roles: 'authentik_rbac.role', users: 'authentik_core.user' };

/** Path of a grant on one flow, to a new role or user. */
async function createGrant(holder: keyof typeof holders): Promise<string> {
  const { pk } = holder === 'roles' ? await createRole(app.api) : await createUser(app.api);
  const { pk: object_pk } = await createFlow(app.api);
  const request = { permissions: ['authentik_flows.view_flow'], model: 'authentik_flows.flow', object_pk };
  const { body } = await app.api.post(`/rbac/permissions/assigned_by_${holder}/${pk}/assign/`, request);
  return `/rbac/permissions/${holder}/${body[0].id}/`;
}

async function moveGrant(holder: keyof typeof holders, method: 'PUT' | 'PATCH'): Promise<[Call, ...string[]]> {
  const [path, { pk: object_pk }] = [await createGrant(holder), await createFlow(app.api)];
  const event = `model_updated ${holders[holder]} permissions`;
  return [() => app.api.request(method, path, { json: { object_pk } }), event, event];
}

async function deleteGrant(holder: keyof typeof holders): Promise<[Call, ...string[]]> {
  const path = await createGrant(holder);
  return [() => app.api.delete(path), `model_updated ${holders[holder]} permissions`];
}

/** Operations without events: they change no API object. */
const changeNothing = [
  // Mails and links.
  'POST /core/users/{id}/confirmation_email/',
  'POST /core/users/{id}/recovery/',
  'POST /core/users/{id}/recovery_email/',
  'POST /mail/domains/{domain_uuid}/check/',
  'POST /mail/feedback/{provider}/',
  'POST /mail/messages/discard/',
  'POST /mail/messages/requeue/',
  'POST /mail/messages/{message_uuid}/discard/',
  'POST /mail/messages/{message_uuid}/requeue/',
  'POST /mail/templates/preview/',
  'POST /mail/templates/send/',
  'POST /mail/transports/{transport_uuid}/check/',
  'POST /mail/transports/{transport_uuid}/test/',
  'POST /verifications/{verification_uuid}/resend/',
  'POST /stages/email/templates/preview/',
  'POST /stages/email/{stage_uuid}/check/',
  'POST /stages/email/{stage_uuid}/test/',
  'POST /stages/prompt/prompts/preview/',
  // Users see what they were notified of; rules and transports write events.
  'POST /events/notifications/mark_all_seen/',
  'PUT /events/notifications/{uuid}/',
  'PATCH /events/notifications/{uuid}/',
  'DELETE /events/notifications/{uuid}/',
  'POST /events/transports/{uuid}/test/',
  'POST /flows/instances/cache_clear/',
  'POST /policies/all/cache_clear/',
  'POST /policies/all/{policy_uuid}/test/',
  'POST /webhooks/deliveries/{delivery_uuid}/replay/',
  'POST /webhooks/endpoints/{endpoint_uuid}/test/',
  // Stages change users and invitations: see audit-events.spec.ts.
  'POST /flows/executor/{flow_slug}/',
];

const writing = operations
  .filter(({ method }) => !['GET', 'HEAD'].includes(method))
  .map(({ method, path }) => `${method} ${path}`);

/** The operation of a kind: `PUT /core/groups/{group_uuid}/`. */
function operationOf(method: string, collection: string): string | undefined {
  const row = new RegExp(`^${method} ${collection}\\{\\w+\\}/$`);
  return writing.find((operation) => (method === 'POST' ? operation === `POST ${collection}` : row.test(operation)));
}

/** Runs a call. @returns summaries of its events, which must all be attributed to the administrator */
async function eventsOf(call: Call): Promise<string[]> {
  const [{ status }, events] = await modelEventsOf(app, call);
  expect([200, 201, 204]).toContain(status);
  for (const { user, client_ip } of events) {
    expect({ username: user.username, client_ip }).toEqual({ username: 'akadmin', client_ip: '127.0.0.1' });
  }
  return events.map(summary).sort();
}

describe('Every write operation', () => {
  it('is listed as writing events or as changing nothing', () => {
    const ofKinds = Object.keys(kinds).flatMap((collection) =>
      ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => operationOf(method, collection)),
    );
    expect([...ofKinds, ...Object.keys(others), ...changeNothing].sort()).toEqual([...writing].sort());
  });

  it.each(Object.entries(kinds))(
    'writes one event for each creation, change and deletion in %s, and none if nothing changes',
    async (collection, { model, key, body, change, always = [], more = [] }) => {
      const full = await body();
      let path = '';
      const create: Call = async () => {
        const answer = await app.api.post(collection, full);
        path = `${collection}${answer.body[key]}/`;
        return answer;
      };
      expect(await eventsOf(create)).toEqual([`model_created ${model}`, ...more]);
      const updated = (fields: readonly string[]): string => ['model_updated', model, ...[...fields].sort()].join(' ');
      const unchanged = always.length > 0 ? [updated(always)] : [];
      const changed = new Set([...Object.keys(change), ...always]);
      expect(await eventsOf(() => app.api.patch(path, change))).toEqual([updated([...changed])]);
      expect(await eventsOf(() => app.api.patch(path, change))).toEqual(unchanged);
      expect(await eventsOf(() => app.api.put(path, { ...full, ...change }))).toEqual(unchanged);
      expect(await eventsOf(() => app.api.delete(path))).toEqual([`model_deleted ${model}`]);
    },
  );

  it.each(Object.entries(others))('writes the expected events: %s', async (_, prepare) => {
    const [call, ...expected] = await prepare();
    expect(await eventsOf(call)).toEqual([...expected].sort());
  });
});
