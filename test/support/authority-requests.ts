import fc from 'fast-check';

const permissions = [
  'authentik_core.view_user',
  'authentik_core.add_user',
  'authentik_core.change_user',
  'authentik_core.delete_user',
  'authentik_core.reset_user_password',
  'authentik_core.assign_user_permissions',
  'authentik_core.unassign_user_permissions',
  'authentik_core.view_group',
  'authentik_core.add_group',
  'authentik_core.change_group',
  'authentik_core.delete_group',
  'authentik_core.add_user_to_group',
  'authentik_core.remove_user_from_group',
  'authentik_rbac.view_role',
  'authentik_rbac.assign_role_permissions',
  'authentik_rbac.unassign_role_permissions',
  'authentik_rbac.delete_role',
  'authentik_stages_user_write.add_userwritestage',
  'authentik_flows.view_flow',
];

/** Users, groups and roles are referred to by their index in the world, modulo their number. */
const index = fc.nat({ max: 7 });
const several = fc.array(index, { maxLength: 3 });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const grants = fc.array(fc.constantFrom(...permissions), { minLength: 1, maxLength: 3 });
const groupFields = fc.record({
  is_superuser: optional(fc.boolean()),
  parent: fc.option(fc.option(index), { nil: undefined }),
  users: optional(several),
  roles: optional(several),
});

/** The initial state: users with permissions and groups, groups with parents and roles, and roles with permissions. */
const initialState = fc.record({
  superusers: fc.integer({ min: 1, max: 2 }),
  users: fc.array(fc.record({ held: fc.subarray(permissions), groups: several }), { minLength: 3, maxLength: 5 }),
  groups: fc.array(fc.record({ parent: fc.option(index), roles: several }), { minLength: 2, maxLength: 4 }),
  roles: fc.array(fc.subarray(permissions, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
});

const request = fc.oneof(
  fc.record({
    kind: fc.constant('change user' as const),
    user: index,
    groups: optional(several),
    is_active: optional(fc.boolean()),
    email: optional(fc.boolean()),
    username: optional(fc.boolean()),
  }),
  fc.record({ kind: fc.constant('create user' as const), groups: several }),
  fc.record({ kind: fc.constantFrom('delete user', 'set password', 'recover', 'make token'), user: index }),
  fc.record({ kind: fc.constant('create group' as const), fields: groupFields }),
  fc.record({ kind: fc.constant('change group' as const), group: index, fields: groupFields }),
  fc.record({ kind: fc.constant('delete group' as const), group: index }),
  fc.record({ kind: fc.constantFrom('add_user', 'remove_user'), group: index, user: index }),
  fc.record({
    kind: fc.constantFrom('assign', 'unassign'),
    permissions: grants,
    user: optional(index),
    role: index,
    on: optional(index),
  }),
  fc.record({ kind: fc.constant('delete role' as const), role: index }),
  fc.record({ kind: fc.constantFrom('create stage', 'import stage', 'import no group'), group: index }),
);
export type ModelRequest = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** An initial state and a sequence of requests, each with its caller. */
export const histories = fc.tuple(initialState, fc.array(fc.tuple(index, request), { minLength: 5, maxLength: 15 }));
export type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

/** An initial state with a superuser, a user with every permission, and one without any. */
const smallWorld: History[0] = {
  superusers: 1,
  users: [
    { held: permissions, groups: [] },
    { held: [], groups: [] },
  ],
  groups: [
    { parent: null, roles: [] },
    { parent: null, roles: [0] },
  ],
  roles: [['authentik_core.view_user']],
};
const unchanged = { is_superuser: undefined, parent: undefined, users: undefined, roles: undefined };
/** A request of each kind, about the user without permissions and the last group; it is accepted from a superuser. */
const eachRequest: readonly ModelRequest[] = [
  { kind: 'change user', user: 2, groups: [1], is_active: true, email: true, username: true },
  { kind: 'set password', user: 2 },
  { kind: 'recover', user: 2 },
  { kind: 'make token', user: 2 },
  { kind: 'create user', groups: [1] },
  { kind: 'create group', fields: { ...unchanged, users: [2] } },
  { kind: 'change group', group: 1, fields: { ...unchanged, users: [2] } },
  { kind: 'add_user', group: 2, user: 2 },
  { kind: 'remove_user', group: 2, user: 2 },
  { kind: 'assign', permissions: ['authentik_core.view_group'], user: 2, role: 0, on: undefined },
  { kind: 'unassign', permissions: ['authentik_core.view_group'], user: 2, role: 0, on: undefined },
  { kind: 'create stage', group: 1 },
  { kind: 'import stage', group: 1 },
  { kind: 'import no group', group: 1 },
  { kind: 'delete group', group: 2 },
  { kind: 'delete role', role: 0 },
  { kind: 'delete user', user: 2 },
];

/** Every request of a superuser, and of a user with every permission. */
export const authorityExamples: readonly History[] = [0, 1].map((caller) => [
  smallWorld,
  eachRequest.map((request) => [caller, request]),
]);

/** What is accepted of the examples, as `checkHistory` returns it: the other user may import no file. */
export const expectedAccepted: readonly string[] = [
  ...eachRequest.map(({ kind }) => `${kind} by a superuser`),
  ...eachRequest.filter(({ kind }) => !kind.startsWith('import')).map(({ kind }) => `${kind} by another user`),
];
