import { readFile, writeFile } from 'node:fs/promises';

import { parse } from 'yaml';

import { contractOf, type Document } from '../test/contract/contract.js';

/** Everything below these is served here... */
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

/** ...of what else there is, these paths... */
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

/** ...and of these paths, just this. */
const operations = ['get /events/events/', 'get /events/events/{event_uuid}/'];

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

/** An object with one entry a line: short, and a change shows where it is. */
function lines<T>(entries: Readonly<Record<string, T>>, show: (value: T) => string): string {
  return `{\n${Object.entries(entries)
    .map(([name, value]) => `${JSON.stringify(name)}: ${show(value)}`)
    .join(',\n')}\n}`;
}
