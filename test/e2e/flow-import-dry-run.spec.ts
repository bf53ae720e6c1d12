import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { flowEntry, importFile } from '../factories/blueprint.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const dryRun = (...entries: object[]): ReturnType<typeof importFile> =>
  importFile(app.api, stringify({ version: 1, entries }), { dry_run: 'true' });
const emailStage = (name: string, attrs: object): object => ({
  model: 'authentik_stages_email.emailstage',
  identifiers: { name },
  attrs,
});

it('says what a file would create, and creates nothing', async () => {
  const { status, body } = await dryRun(flowEntry('planned'), emailStage('planned', {}));
  expect([status, body.success, body.logs.map(({ event }) => event)]).toEqual([200, true, ['created', 'created']]);
  expect((await app.api.get('/flows/instances/planned/')).status).toBe(404);
  expect((await app.api.get('/stages/all/?name=planned')).body.results).toEqual([]);
});

it('lists the fields that an update would change, with the stored and the new value, and changes nothing', async () => {
  await app.api.post('/flows/instances/', { name: 'Old', slug: 'known', title: 'Title', designation: 'recovery' });
  const { body } = await dryRun(flowEntry('known', { name: 'New' }));
  expect(body.logs[0]?.attributes).toMatchObject({ model: 'authentik_flows.flow', changes: { name: ['Old', 'New'] } });
  expect((await app.api.get('/flows/instances/known/')).body.name).toBe('Old');
});

it('lists no field of an object that stays the same', async () => {
  await app.api.post('/flows/instances/', { name: 'Flow', slug: 'same', title: 'Title', designation: 'recovery' });
  const { body } = await dryRun(flowEntry('same'));
  expect(body.logs[0]?.attributes['changes']).toEqual({});
});

it('compares references, and names a secret without its values', async () => {
  const { body: transport } = await app.api.post('/mail/transports/', { name: 'relay', url: 'smtp://127.0.0.1:1025' });
  await app.api.post('/stages/email/', { name: 'mailing', password: 'the stored one', transport: transport.pk });
  const { body } = await dryRun(emailStage('mailing', { password: 'the new one', port: 587 }));
  expect(body.logs[0]?.attributes['changes']).toEqual({ password: null, port: [25, 587] });
  expect(JSON.stringify(body)).not.toMatch(/the (stored|new) one/);
});

it('compares the references of a list in any order', async () => {
  const prompt = async (name: string): Promise<string> => {
    const fields = { name, field_key: name, label: name, type: 'text', order: 0 };
    return (await app.api.post('/stages/prompt/prompts/', fields)).body.pk as string;
  };
  const [one, two, three] = [await prompt('one'), await prompt('two'), await prompt('three')];
  const form = await app.api.post('/stages/prompt/stages/', { name: 'form', fields: [one, two] });
  expect(form.status).toBe(201);
  const changesBy = async (...fields: string[]): Promise<unknown> => {
    const entry = { model: 'authentik_stages_prompt.promptstage', identifiers: { name: 'form' }, attrs: { fields } };
    return (await dryRun(entry)).body.logs[0]?.attributes['changes'];
  };
  expect(await changesBy(two, one)).toEqual({});
  expect(await changesBy(three)).toEqual({ fields: [[one, two], [three]] });
});

it('compares the transports of a notification rule', async () => {
  const { body: transport } = await app.api.post('/events/transports/', { name: 'local', mode: 'local' });
  await app.api.post('/events/rules/', { name: 'watching', transports: [] });
  const model = 'authentik_events.notificationrule';
  const { body } = await dryRun({ model, identifiers: { name: 'watching' }, attrs: { transports: [transport.pk] } });
  expect(body.logs[0]?.attributes['changes']).toEqual({ transports: [[], [transport.pk]] });
});

it('reports what is wrong as the import does', async () => {
  const { body } = await dryRun(flowEntry('wrong', { designation: 'nothing' }));
  expect([body.success, body.logs[0]?.event]).toEqual([false, expect.stringContaining('"nothing\\" is not a valid')]);
});

it('writes without the option, and lists no changes then', async () => {
  const { body } = await importFile(app.api, stringify({ version: 1, entries: [flowEntry('written')] }), {
    dry_run: 'false',
  });
  expect([body.success, body.logs[0]?.attributes['changes']]).toEqual([true, undefined]);
  expect((await app.api.get('/flows/instances/written/')).status).toBe(200);
});

it('refuses a value that is neither true nor false, and writes nothing', async () => {
  const { status, body } = await importFile(app.api, stringify({ version: 1, entries: [flowEntry('unsure')] }), {
    dry_run: 'perhaps',
  });
  expect([status, body.success, body.logs[0]?.event]).toEqual([400, false, 'dry_run: Must be a valid boolean.']);
  expect((await app.api.get('/flows/instances/unsure/')).status).toBe(404);
});

it('needs the permissions of the import', async () => {
  const { body: user } = await app.api.post('/core/users/', { username: 'alan', name: 'Alan' });
  const { body: token } = await app.api.post('/core/tokens/', { identifier: 'alan', intent: 'api', user: user.pk });
  const { body: key } = await app.api.get(`/core/tokens/${token.identifier}/view_key/`);
  const raw = new FormData();
  raw.set('file', new Blob([stringify({ version: 1, entries: [flowEntry('foreign')] })]), 'file');
  raw.set('dry_run', 'true');
  const response = await fetch(`${app.url}/api/v3/flows/instances/import/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${String(key.key)}` },
    body: raw,
  });
  expect(response.status).toBe(403);
});
