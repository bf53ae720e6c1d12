import type { ConsoleService } from '../browser/console-service.js';
import { createMailTemplate } from '../factories/mail-template.js';
import { createRole } from '../factories/role.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { Visitor } from '../support/visitor.js';

const readers = ['Ada Lovelace', 'Alan Turing', 'Annie Easley', 'Edsger Dijkstra', 'Katherine Johnson', 'Mary Jackson'];

/**
 * Fills a service with the users, mails, flows and settings of a library.
 *
 * @returns addresses of the screens by the names of their pictures
 */
export async function stockLibrary(service: ConsoleService): Promise<Readonly<Record<string, string>>> {
  const { api } = service;
  const users = [];
  for (const name of readers) {
    const username = name.split(' ')[0]!.toLowerCase();
    users.push(await createUser(api, { username, name, email: `${username}@readers.example` }));
  }
  const [reader] = users;
  await service.dataSource.query(
    `update "account_address" set proved = now() - interval '3 days', method = 'link' where user_id = any($1)`,
    [users.slice(0, 4).map(({ pk }) => pk)],
  );
  const { rule, transport } = await notifyOfFailures(service);
  const mails = await sendMails(service);
  const flow = '/console/flows/default-enrollment-flow';
  await leadVisitors(service);

  const role = await createRole(api, ['authentik_mail.view_mailmessage', 'authentik_core.view_user']);
  await api.patch(`/rbac/roles/${role.pk}/`, { name: 'Mail support' });
  const members = users.slice(1, 4).map(({ pk }) => pk);
  const group = (await api.post('/core/groups/', { name: 'Help desk', roles: [role.pk], users: members })).body;
  const token = await createToken(api, { identifier: 'nightly-report', description: 'Report of the night' });
  const invitation = (await api.post('/stages/invitation/invitations/', { name: 'conference-2027', single_use: true }))
    .body;
  const webhook = (
    await api.post('/webhooks/endpoints/', {
      name: 'Catalogue',
      url: 'https://catalogue.library.example/hooks/email',
      events: ['verification.approved', 'user.activated', 'mail.failed'],
    })
  ).body;
  await api.post(`/webhooks/endpoints/${webhook.pk}/test/`);
  const file = { name: 'Reading room', content: 'version: 1\nmetadata:\n  name: Reading room\nentries: []\n' };
  const blueprint = (await api.post('/managed/blueprints/', file)).body;
  await api.post('/mail/domains/', { name: 'library.example' });
  for (const address of ['spam-trap@example.net', '@disposable.example']) {
    await api.post('/mail/suppressions/', { address });
  }
  const template = await createMailTemplate(api, {
    name: 'email/library_card.html',
    html: '<h1>Your library card</h1>\n<p>Hello {{ user.name }},</p>\n<p><a href="{{ url }}">Pick it up</a></p>\n',
  });
  await api.patch(`/mail/templates/${template.pk}/`, {
    html: '<h1>Your library card is ready</h1>\n<p>Hello {{ user.name }},</p>\n<p><a href="{{ url }}">Pick it up</a> by {{ expires|date }}.</p>\n',
  });
  const stage = (await api.get('/stages/email/?name=Library+sign-up')).body.results[0];
  const policy = (await api.get('/policies/password/')).body.results[0];
  const event = (await api.get('/events/events/?action=model_updated&page_size=1')).body.results[0];
  return {
    overview: '/console/',
    mails: '/console/mails',
    mail: `/console/mails/${mails.refused}`,
    'mail-content': `/console/mails/${mails.sent}`,
    templates: '/console/templates',
    template: '/console/templates/edit/email/account_confirmation.html',
    'own-template': `/console/templates/edit/${template.name}`,
    senders: '/console/senders',
    suppressions: '/console/suppressions',
    flows: '/console/flows',
    flow,
    'flow-new': '/console/flows/new',
    'flow-import': '/console/flows/import',
    stages: '/console/stages',
    stage: `/console/stages/${stage.pk}`,
    'stage-new': '/console/stages/new',
    policies: '/console/policies',
    policy: `/console/policies/${policy.pk}`,
    users: '/console/users',
    user: `/console/users/${reader!.pk}`,
    groups: '/console/groups',
    group: `/console/groups/${group.pk}`,
    roles: '/console/roles',
    role: `/console/roles/${role.pk}`,
    invitations: '/console/invitations',
    invitation: `/console/invitations/${invitation.pk}`,
    events: '/console/events',
    event: `/console/events/${event.pk}`,
    notifications: '/console/notifications',
    'notification-rule': `/console/notifications/rules/${rule}`,
    'notification-transport': `/console/notifications/transports/${transport}`,
    tokens: '/console/tokens',
    token: `/console/tokens/${token.identifier}`,
    webhooks: '/console/webhooks',
    webhook: `/console/webhooks/${webhook.pk}`,
    blueprints: '/console/blueprints',
    blueprint: `/console/blueprints/${blueprint.pk}`,
    settings: '/console/settings',
  };
}

/** Has the administrator notified of mails that fail. @returns keys of the rule and of a transport */
async function notifyOfFailures({ api, administrator }: ConsoleService): Promise<{ rule: string; transport: string }> {
  const { body: found } = await api.get(`/core/users/?username=${administrator.username}`);
  const { body: group } = await api.post('/core/groups/', { name: 'Operators', users: [found.results[0].pk] });
  const { body: transport } = await api.post('/events/transports/', { name: 'Console', mode: 'local' });
  await api.post('/events/transports/', { name: 'Operators by mail', mode: 'email' });
  const fields = { name: 'Failed mails', severity: 'alert', group: group.pk, transports: [transport.pk] };
  const { body: rule } = await api.post('/events/rules/', fields);
  const { body: matcher } = await api.post('/policies/event_matcher/', { name: 'Mail failed', action: 'email_failed' });
  await api.post('/policies/bindings/', { target: rule.pk, policy: matcher.pk, order: 0 });
  return { rule: rule.pk, transport: transport.pk };
}

/** Sends mails that arrive, are refused or wait, and moves most of them into the hours before. @returns keys of two */
async function sendMails(service: ConsoleService): Promise<{ sent: string; refused: string }> {
  const subjects = ['Confirm your email address', 'Reset your password', 'Your library card is ready'];
  const recipients = ['ada', 'alan', 'annie', 'edsger', 'katherine', 'mary', 'busy', 'ada', 'alan', 'mary', 'edsger'];
  const earlier = recipients.map((name, index) => ({
    to: `${name}@readers.example`,
    subject: subjects[index % subjects.length]!,
  }));
  const keys = await service.send(...earlier, ...earlier);
  await service.dataSource.query(
    `update "mail_message" set created = created - hours * interval '65 minutes', finished = finished - hours * interval '65 minutes'
       from unnest($1::uuid[]) with ordinality as earlier (pk, hours) where message_uuid = pk`,
    [keys],
  );
  const [sent = '', refused = ''] = await service.send(
    { to: 'ada@readers.example', subject: 'Confirm your email address' },
    { to: 'nobody@readers.example', subject: 'Confirm your email address' },
    { to: 'busy@readers.example', subject: 'Reset your password' },
  );
  return { sent, refused };
}

/** Leads visitors to the first page of the sign-up, and some of them further or to its end. */
async function leadVisitors({ url, mailTo }: ConsoleService): Promise<void> {
  const slug = 'default-enrollment-flow';
  for (let number = 0; number < 8; number += 1) {
    const visitor = new Visitor(url);
    await visitor.see(slug);
    if (number < 3) continue;
    const name = `reader${number}`;
    const password = 'a quiet Place to read 27';
    const fields = { username: name, name, email: `${name}@readers.example`, password, password_repeat: password };
    await visitor.answer(slug, { component: 'ak-stage-prompt', ...fields });
    if (number < 5) continue;
    const { code } = await mailTo(fields.email);
    await visitor.answer(slug, { component: 'ak-stage-email', code });
  }
}
