import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';

import { NotFound } from './parts/states';
import { Shell } from './shell/shell';

/** What a list remembers in its address. */
export interface ListSearch {
  /** Search terms. */
  readonly q?: string | undefined;
  readonly state?: string | undefined;
  readonly stage?: string | undefined;
  readonly kind?: string | undefined;
  readonly since?: string | undefined;
  readonly server?: string | undefined;
  readonly transport?: string | undefined;
  readonly subject?: string | undefined;
  readonly user?: string | undefined;
  readonly verified?: string | undefined;
  readonly page?: string | undefined;
}

const kept = [
  'q',
  'state',
  'stage',
  'kind',
  'since',
  'server',
  'transport',
  'subject',
  'user',
  'verified',
  'page',
] as const;

/** Keeps the texts among the known values, and drops empty ones. */
function listSearch(given: Record<string, unknown>): ListSearch {
  return Object.fromEntries(
    kept.flatMap((name) => (typeof given[name] === 'string' && given[name] !== '' ? [[name, given[name]]] : [])),
  );
}

const root = createRootRoute({ component: Shell, notFoundComponent: () => <NotFound /> });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./overview/overview'), 'Overview'),
});
const mails = createRoute({
  getParentRoute: () => root,
  path: '/mails',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./mails/mail-list'), 'MailList'),
});
const mail = createRoute({
  getParentRoute: () => root,
  path: '/mails/$pk',
  component: lazyRouteComponent(() => import('./mails/mail-page'), 'MailPage'),
});

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./users/user-list'), 'UserList'),
});
const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$id',
  component: lazyRouteComponent(() => import('./users/user-page'), 'UserPage'),
});
const senders = createRoute({
  getParentRoute: () => root,
  path: '/senders',
  component: lazyRouteComponent(() => import('./senders/senders'), 'Senders'),
});
const suppressions = createRoute({
  getParentRoute: () => root,
  path: '/suppressions',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./suppressions/suppressions'), 'Suppressions'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./settings/settings'), 'Settings'),
});

const stages = createRoute({
  getParentRoute: () => root,
  path: '/stages',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./stages/stage-list'), 'StageList'),
});
const newStage = createRoute({
  getParentRoute: () => root,
  path: '/stages/new',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./stages/new-stage'), 'NewStage'),
});
const stage = createRoute({
  getParentRoute: () => root,
  path: '/stages/$pk',
  component: lazyRouteComponent(() => import('./stages/stage-page'), 'StagePage'),
});
const flows = createRoute({
  getParentRoute: () => root,
  path: '/flows',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./flows/flow-list'), 'FlowList'),
});
const newFlow = createRoute({
  getParentRoute: () => root,
  path: '/flows/new',
  component: lazyRouteComponent(() => import('./flows/new-flow'), 'NewFlow'),
});
const importFlow = createRoute({
  getParentRoute: () => root,
  path: '/flows/import',
  component: lazyRouteComponent(() => import('./flows/import-flow'), 'ImportFlow'),
});
const flow = createRoute({
  getParentRoute: () => root,
  path: '/flows/$slug',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./flows/flow-page'), 'FlowPage'),
});

const policies = createRoute({
  getParentRoute: () => root,
  path: '/policies',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./policies/policy-list'), 'PolicyList'),
});
const newPolicy = createRoute({
  getParentRoute: () => root,
  path: '/policies/new',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./policies/new-policy'), 'NewPolicy'),
});
const policy = createRoute({
  getParentRoute: () => root,
  path: '/policies/$pk',
  component: lazyRouteComponent(() => import('./policies/policy-page'), 'PolicyPage'),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/templates',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./templates/template-list'), 'TemplateList'),
});
const template = createRoute({
  getParentRoute: () => root,
  path: '/templates/edit/$',
  component: lazyRouteComponent(() => import('./templates/template-page'), 'TemplatePage'),
});
const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./groups/group-list'), 'GroupList'),
});
const group = createRoute({
  getParentRoute: () => root,
  path: '/groups/$pk',
  component: lazyRouteComponent(() => import('./groups/group-page'), 'GroupPage'),
});
const roles = createRoute({
  getParentRoute: () => root,
  path: '/roles',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./roles/role-list'), 'RoleList'),
});
const role = createRoute({
  getParentRoute: () => root,
  path: '/roles/$pk',
  component: lazyRouteComponent(() => import('./roles/role-page'), 'RolePage'),
});
const invitations = createRoute({
  getParentRoute: () => root,
  path: '/invitations',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./invitations/invitation-list'), 'InvitationList'),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitations/$pk',
  component: lazyRouteComponent(() => import('./invitations/invitation-page'), 'InvitationPage'),
});
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./events/event-list'), 'EventList'),
});
const event = createRoute({
  getParentRoute: () => root,
  path: '/events/$pk',
  component: lazyRouteComponent(() => import('./events/event-page'), 'EventPage'),
});
const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./notifications/notification-list'), 'NotificationList'),
});
const notificationRule = createRoute({
  getParentRoute: () => root,
  path: '/notifications/rules/$pk',
  component: lazyRouteComponent(() => import('./notifications/rule-page'), 'RulePage'),
});
const notificationTransport = createRoute({
  getParentRoute: () => root,
  path: '/notifications/transports/$pk',
  component: lazyRouteComponent(() => import('./notifications/transport-page'), 'TransportPage'),
});
const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./tokens/token-list'), 'TokenList'),
});
const token = createRoute({
  getParentRoute: () => root,
  path: '/tokens/$identifier',
  component: lazyRouteComponent(() => import('./tokens/token-page'), 'TokenPage'),
});
const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./webhooks/webhook-list'), 'WebhookList'),
});
const webhook = createRoute({
  getParentRoute: () => root,
  path: '/webhooks/$pk',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./webhooks/webhook-page'), 'WebhookPage'),
});
const delivery = createRoute({
  getParentRoute: () => root,
  path: '/webhooks/deliveries/$pk',
  component: lazyRouteComponent(() => import('./webhooks/delivery-page'), 'DeliveryPage'),
});
const blueprints = createRoute({
  getParentRoute: () => root,
  path: '/blueprints',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./blueprints/blueprint-list'), 'BlueprintList'),
});
const blueprint = createRoute({
  getParentRoute: () => root,
  path: '/blueprints/$pk',
  component: lazyRouteComponent(() => import('./blueprints/blueprint-page'), 'BlueprintPage'),
});

/** The addresses below `/console/`. */
export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    mails,
    mail,
    templates,
    template,
    users,
    user,
    senders,
    settings,
    suppressions,
    stages,
    newStage,
    stage,
    flows,
    newFlow,
    importFlow,
    flow,
    policies,
    newPolicy,
    policy,
    groups,
    group,
    roles,
    role,
    invitations,
    invitation,
    events,
    event,
    notifications,
    notificationRule,
    notificationTransport,
    tokens,
    token,
    webhooks,
    webhook,
    delivery,
    blueprints,
    blueprint,
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  // Plain texts, so that addresses stay readable: `?q=42`, without quotes.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (values) => {
    const given = Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    );
    const text = new URLSearchParams(given).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
