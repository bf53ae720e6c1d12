import { api, contentOf, type Schema } from '../../api/client';

/** An object that a field can refer to. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** Where the objects of a field are found. */
export interface Reference {
  /** Name of the list, as part of the key of queries. */
  readonly list: string;
  readonly search: (terms: string) => Promise<readonly Option[]>;
  readonly one: (key: string) => Promise<Option | undefined>;
}

type Named = Readonly<{ pk: string; name: string }>;

const page = (search: string): { search: string; page_size: number } => ({ search, page_size: 20 });
const named = ({ pk, name }: Named): Option => ({ value: pk, label: name });

const flows = (designation?: Schema<'FlowDesignationEnum'>): Reference => ({
  list: `flows ${designation ?? ''}`,
  search: async (terms) => {
    const query = { ...page(terms), ...(designation !== undefined && { designation }) };
    return (await contentOf(api.GET('/flows/instances/', { params: { query } }))).results.map(named);
  },
  one: async (key) =>
    (await contentOf(api.GET('/flows/instances/', { params: { query: { flow_uuid: key } } }))).results.map(named)[0],
});

const stages: Reference = {
  list: 'stages',
  search: async (terms) =>
    (await contentOf(api.GET('/stages/all/', { params: { query: page(terms) } }))).results.map(
      ({ pk, name, verbose_name }) => ({ value: pk, label: `${name} · ${verbose_name}` }),
    ),
  one: async (key) => named(await contentOf(api.GET('/stages/all/{stage_uuid}/', at('stage_uuid', key)))),
};

const passwordStages: Reference = {
  list: 'password stages',
  search: async (terms) =>
    (await contentOf(api.GET('/stages/password/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/stages/password/{stage_uuid}/', at('stage_uuid', key)))),
};

const prompts: Reference = {
  list: 'prompts',
  search: async (terms) =>
    (await contentOf(api.GET('/stages/prompt/prompts/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/stages/prompt/prompts/{prompt_uuid}/', at('prompt_uuid', key)))),
};

const policies: Reference = {
  list: 'policies',
  search: async (terms) =>
    (await contentOf(api.GET('/policies/all/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/policies/all/{policy_uuid}/', at('policy_uuid', key)))),
};

const groups: Reference = {
  list: 'groups',
  search: async (terms) =>
    (
      await contentOf(api.GET('/core/groups/', { params: { query: { ...page(terms), include_users: false } } }))
    ).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/core/groups/{group_uuid}/', at('group_uuid', key)))),
};

const roles: Reference = {
  list: 'roles',
  search: async (terms) =>
    (await contentOf(api.GET('/rbac/roles/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/rbac/roles/{uuid}/', at('uuid', key)))),
};

const userOption = ({ pk, username, name }: Schema<'User'>): Option => ({
  value: String(pk),
  label: name === '' ? username : `${name} · ${username}`,
});

const users: Reference = {
  list: 'users',
  search: async (terms) =>
    (
      await contentOf(api.GET('/core/users/', { params: { query: { ...page(terms), include_groups: false } } }))
    ).results.map(userOption),
  one: async (key) =>
    userOption(await contentOf(api.GET('/core/users/{id}/', { params: { path: { id: Number(key) } } }))),
};

const transports: Reference = {
  list: 'transports',
  search: async (terms) =>
    (await contentOf(api.GET('/mail/transports/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/mail/transports/{transport_uuid}/', at('transport_uuid', key)))),
};

const notificationTransports: Reference = {
  list: 'notification transports',
  search: async (terms) =>
    (await contentOf(api.GET('/events/transports/', { params: { query: page(terms) } }))).results.map(named),
  one: async (key) => named(await contentOf(api.GET('/events/transports/{uuid}/', at('uuid', key)))),
};

/** What the fields of requests refer to, by their name. Add a line for a new field: the document names no lists. */
const references: Readonly<Record<string, Reference>> = {
  configure_flow: flows('stage_configuration'),
  create_users_group: groups,
  enrollment_flow: flows('enrollment'),
  fields: prompts,
  flow: flows(),
  group: groups,
  groups,
  parent: groups,
  password_stage: passwordStages,
  passwordless_flow: flows(),
  policy: policies,
  recovery_flow: flows('recovery'),
  role: roles,
  roles,
  stage: stages,
  target_flow: flows(),
  transport: transports,
  transports: notificationTransports,
  user: users,
  users,
  validation_policies: policies,
};

/** Returns what a field refers to; undefined for other fields, and for those without a list in the console. */
export function referenceOf(name: string): Reference | undefined {
  return Object.hasOwn(references, name) ? references[name] : undefined;
}

function at<Name extends string>(name: Name, key: string): { params: { path: Record<Name, string> } } {
  return { params: { path: { [name]: key } as Record<Name, string> } };
}
