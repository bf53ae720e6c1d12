import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { importFile } from '../factories/blueprint.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  // Warm-up: the cost of the first request must not count as the cost of a hostile file.
  await importFile(app.api, 'entries: [{model: authentik_flows.flow, identifiers: {slug: a}, state: absent}]');
});
afterAll(() => app.stop());

/** The row counts of tables, and all users and tokens. */
const contents = async (): Promise<unknown> => {
  const tables = [
    'flow',
    'stage',
    'flow_stage_binding',
    'prompt',
    'group',
    'group_user',
    'role',
    'permission_grant',
    'policy_binding',
  ];
  const counts = tables.map((table) => `(select count(*) from "${table}") as "${table}"`).join(', ');
  const [numbers] = await app.dataSource.query(`select ${counts}`);
  const users = await app.dataSource.query('select id, username, password_hash, is_active from "user" order by id');
  const tokens = await app.dataSource.query(
    'select identifier, key_hash, user_id, expires from "token" order by identifier',
  );
  return { numbers, users, tokens };
};
let before: unknown;
beforeEach(async () => {
  before = await contents();
});

const laughs = `context:
  a: &a [${Array(9).fill('x').join(', ')}]
${'bcdefghi'
  .split('')
  .map((name, index) => `  ${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`)
  .join('\n')}
entries: []
`;
const entry = (text: string): string => `version: 1\nentries:\n  - ${text}\n`;
const good =
  '{model: authentik_flows.flow, identifiers: {slug: good}, attrs: {name: G, title: G, designation: recovery}}';

describe('A hostile file is refused with a message, at low cost and without changes:', () => {
  it.each<[string, string | Uint8Array, string | RegExp]>([
    ['an alias bomb', laughs, 'The file is too large after expansion of aliases.'],
    ['10,000 nested lists', `entries: ${'['.repeat(10_000)}`, 'This is nested too deeply.'],
    ['10,000 nested block lists', `entries:\n${'- '.repeat(10_000)}x`, 'This is nested too deeply.'],
    [
      '10,000 nested JSON lists',
      `{"entries":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      'This is nested too deeply.',
    ],
    ['a Python object', entry('!!python/object/apply:os.system ["touch /tmp/owned"]'), /Unknown tag .*os.system/],
    ['a JavaScript function', entry('!!js/function "function () { return process.env }"'), /Unknown tag/],
    ['a ZIP archive', Buffer.from('504b0304140000000800ffd8ff00000000', 'hex'), 'The file is not valid UTF-8.'],
    ['an empty file', '', 'The file is empty.'],
    [
      'HTML',
      '<!doctype html>\n<html><script>alert(1)</script></html>\n',
      /^The file is not a blueprint|^Implicit keys/,
    ],
    ['a server file', entry('{model: !File /etc/passwd, identifiers: {slug: x}}'), 'Unknown tag !File.'],
    [
      'a server secret',
      entry('{model: !Env SECRET_KEY, identifiers: {slug: x}}'),
      'entry invalid: !Env: SECRET_KEY is not listed in BLUEPRINT_ENV.',
    ],
    [
      'another user’s token',
      entry('{model: authentik_core.token, identifiers: {identifier: authentik-bootstrap-token}, attrs: {key: known}}'),
      'entry invalid: Model authentik_core.token not allowed',
    ],
    [
      "a user's password",
      entry('{model: authentik_core.user, identifiers: {username: akadmin}, attrs: {password: known}}'),
      'entry invalid: Model authentik_core.user not allowed',
    ],
    [
      'a deletion of the administrator',
      entry('{model: authentik_core.user, identifiers: {username: akadmin}, state: absent}'),
      'entry invalid: Model authentik_core.user not allowed',
    ],
    [
      'a superuser group',
      entry('{model: authentik_core.group, identifiers: {name: mine}, attrs: {is_superuser: true}}'),
      /is_superuser.*cannot be set by a file/,
    ],
    [
      'permissions',
      entry(`{<<: ${good}, permissions: [{permission: change_user, role: x}]}`),
      'entry invalid: Permissions cannot be imported.',
    ],
    ['301 entries', `entries:\n${`  - ${good}\n`.repeat(301)}`, /more than 300 entries|tokens/],
    [
      '301 entries in JSON',
      JSON.stringify({ entries: Array(301).fill({ model: 'x' }) }),
      'There are more than 300 entries.',
    ],
    [
      'a circular context',
      `context: {a: !Context b, b: !Context a}\n${entry('{model: !Context a}')}`,
      /nested too deeply/,
    ],
    [
      'a multiplying enumeration',
      entry(
        `{model: x, conditions: !Enumerate ["${'x'.repeat(900)}", SEQ, !Enumerate ["${'x'.repeat(900)}", SEQ, 1]]}`,
      ),
      /too large/,
    ],
    [
      'a prototype name',
      entry('{model: authentik_flows.flow, identifiers: {__proto__: {slug: x}}}'),
      /Invalid identifier field: __proto__/,
    ],
    [
      'an SQL injection',
      entry(`{model: authentik_flows.flow, identifiers: {"slug' or 1=1; --": x}}`),
      /Invalid identifier field/,
    ],
    [
      'a megabyte of JSON',
      JSON.stringify({ entries: [{ model: 'x', attrs: Array(300_000).fill([]), identifiers: { a: 1 } }] }),
      /app or model does not exist/,
    ],
    [
      'a megabyte of JSON in an entry',
      JSON.stringify({
        entries: [
          {
            model: 'authentik_core.group',
            identifiers: { name: 'x' },
            attrs: { attributes: { a: Array(300_000).fill([]) } },
          },
        ],
      }),
      'entry invalid: The file is too large after expansion of tags and aliases.',
    ],
  ])('%s', async (_, file, message) => {
    const memory = process.memoryUsage().rss;
    const start = process.cpuUsage();
    const { status, body } = await importFile(app.api, file);
    const { user, system } = process.cpuUsage(start);
    expect([status, body.success]).toEqual([200, false]);
    const told = body.logs.at(-1)?.event ?? '';
    expect(told).toMatch(
      message instanceof RegExp ? message : new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
    );
    expect(told.length).toBeLessThan(500);
    expect((user + system) / 1000).toBeLessThan(1000);
    expect((process.memoryUsage().rss - memory) / 1_048_576).toBeLessThan(200);
    expect(await contents()).toEqual(before);
  });

  it('an alias bomb of 2 MB', async () => {
    const start = process.cpuUsage();
    const answer = await importFile(app.api, `${laughs}# ${'x'.repeat(2_000_000)}\n`);
    const { user, system } = process.cpuUsage(start);
    expect(answer).toMatchObject({ status: 413, body: { detail: 'The file is larger than 1 MB.' } });
    expect((user + system) / 1000).toBeLessThan(1000);
    expect(await contents()).toEqual(before);
  });

  it('an invalid entry after a valid one, which is rolled back', async () => {
    const { body } = await importFile(
      app.api,
      `${entry(good)}  - {model: authentik_core.token, identifiers: {identifier: x}}\n`,
    );
    expect(body.logs.map(({ event }) => event)).toEqual([
      'created',
      'entry invalid: Model authentik_core.token not allowed',
    ]);
    expect(await contents()).toEqual(before);
  });
});
