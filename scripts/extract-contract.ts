import { readFile, writeFile } from 'node:fs/promises';

import { parse } from 'yaml';

import { contractOf, type Document } from '../test/contract/contract.js';

/** Path prefixes of which this service implements everything, */
const folders = [
  '/core/groups/',
  '/core/tokens/',
  '/flows/bindings/',
  '/policies/all/',
  '/policies/bindings/',
  '/policies/expression/',
  '/policies/password/',
  '/rbac/permissions/roles/',
  '/rbac/permissions/users/',
  '/rbac/roles/',
  '/root/config/',
  '/schema/',
  '/stages/all/',
  '/stages/email/',
];

/** further implemented paths, */
const paths = [
  '/core/users/',
  '/core/users/{id}/',
  '/core/users/{id}/set_password/',
  '/core/users/{id}/used_by/',
  '/core/users/me/',
  '/core/users/paths/',
  '/core/users/service_account/',
  '/flows/instances/',
  '/flows/instances/{slug}/',
  '/flows/instances/{slug}/used_by/',
  '/rbac/permissions/',
  '/rbac/permissions/{id}/',
  '/rbac/permissions/assigned_by_roles/{uuid}/assign/',
  '/rbac/permissions/assigned_by_roles/{uuid}/unassign/',
  '/rbac/permissions/assigned_by_users/{id}/assign/',
  '/rbac/permissions/assigned_by_users/{id}/unassign/',
];

/** and single operations of paths that are implemented in part. */
const operations = [
  'get /events/events/',
  'get /events/events/{event_uuid}/',
  'get /rbac/permissions/assigned_by_roles/',
  'get /rbac/permissions/assigned_by_users/',
];

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('usage: extract-contract.ts <openapi.yaml of authentik 2024.12>');
const document = parse(await readFile(source, 'utf8')) as Document;
const contract = contractOf(
  document,
  (path, method) =>
    folders.some((folder) => path.startsWith(folder)) ||
    paths.includes(path) ||
    operations.includes(`${method} ${path}`),
);
const text = lines({ ...contract }, (entries: object) => lines(entries, JSON.stringify));
await writeFile(new URL('../test/contract/authentik-2024.12.3.json', import.meta.url), `${text}\n`);

/** Formats an object with one entry per line, so that diffs are readable. */
function lines<T>(entries: Readonly<Record<string, T>>, format: (value: T) => string): string {
  return `{\n${Object.entries(entries)
    .map(([name, value]) => `${JSON.stringify(name)}: ${format(value)}`)
    .join(',\n')}\n}`;
}
