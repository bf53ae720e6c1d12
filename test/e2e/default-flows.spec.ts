import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { flowEntry } from '../factories/blueprint.js';
import { applyBlueprints } from '../factories/default-flows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'email-stage-'));
  app = await startTestApp({ BLUEPRINT_DIR: folder });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await app.dataSource.query('truncate "blueprint_instance", "event", "flow", "stage", "prompt", "policy" cascade');
});

const start = (): Promise<void> => applyBlueprints(app);
const flow = async (slug: string): Promise<any> => {
  const { status, body } = await app.api.get(`/flows/instances/${slug}/`);
  return status === 404 ? undefined : body;
};
const blueprint = async (path: string): Promise<any> =>
  (await app.api.get(`/managed/blueprints/?path=${encodeURIComponent(path)}`)).body.results[0];
const stagesOf = async (slug: string): Promise<string[]> => {
  const { pk } = await flow(slug);
  const { results } = (await app.api.get(`/flows/bindings/?target=${pk}`)).body;
  return results.map(({ stage_obj }: any) => stage_obj.meta_model_name.replace(/.*\./, ''));
};
const write = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);
const file = (slug: string, title: string, more: object = {}): string =>
  stringify({ version: 1, metadata: { name: `File of ${slug}` }, entries: [flowEntry(slug, { title })], ...more });
const problems = async (): Promise<string[]> => {
  const { results } = (await app.api.get('/events/events/?action=configuration_error&ordering=created')).body;
  return results.map(({ context }: any) => context.message);
};

describe('The built-in flows', () => {
  it('use the default password policy, also after an upgrade from a version without it', async () => {
    const asked = async (name: string): Promise<string[] | undefined> =>
      (await app.api.get(`/stages/prompt/stages/?name=${name}`)).body.results[0]?.validation_policies;
    const policies = async (): Promise<any[]> => (await app.api.get('/policies/password/')).body.results;
    await start();
    const [policy] = await policies();
    expect(policy).toMatchObject({ name: 'default-password-policy', length_min: 8, zxcvbn_score_threshold: 1 });
    expect(await asked('default-enrollment-prompt')).toEqual([policy.pk]);
    expect(await asked('default-recovery-prompt')).toEqual([policy.pk]);
    // The state after an older version, with the enrollment removed by an administrator.
    await app.api.delete(`/policies/password/${policy.pk}/`);
    await app.dataSource.query(`delete from "blueprint_instance" where path = 'password-policy.yaml'`);
    await app.dataSource.query(`delete from "stage" where name = 'default-enrollment-prompt'`);
    await start();
    expect(await problems()).toEqual([]);
    expect(await asked('default-recovery-prompt')).toEqual([(await policies())[0].pk]);
    expect(await asked('default-enrollment-prompt')).toBeUndefined();
  });

  it('are created at startup: recovery, enrollment, change of address, and sign-in with links to the first two', async () => {
    expect((await app.api.get('/flows/instances/')).body.results).toEqual([]);
    await start();
    expect(await problems()).toEqual([]);
    expect(await stagesOf('default-recovery-flow')).toEqual([
      'identificationstage',
      'emailstage',
      'promptstage',
      'userwritestage',
      'userloginstage',
    ]);
    expect(await stagesOf('default-enrollment-flow')).toEqual([
      'promptstage',
      'userwritestage',
      'emailstage',
      'userloginstage',
    ]);
    expect(await stagesOf('default-email-change-flow')).toEqual([
      'passwordstage',
      'promptstage',
      'emailstage',
      'userwritestage',
    ]);
    expect(await stagesOf('default-authentication-flow')).toEqual(['identificationstage', 'userloginstage']);
    const { results } = (await app.api.get('/stages/identification/?ordering=name')).body;
    expect(results).toMatchObject([
      {
        name: 'default-authentication-identification',
        enrollment_flow: (await flow('default-enrollment-flow')).pk,
        recovery_flow: (await flow('default-recovery-flow')).pk,
      },
      { name: 'default-recovery-identification', pretend_user_exists: true, user_fields: ['email', 'username'] },
    ]);
    expect(await blueprint('default-recovery-flow.yaml')).toMatchObject({
      name: 'Default recovery flow',
      status: 'successful',
      enabled: true,
      metadata: { name: 'Default recovery flow', labels: {} },
      last_applied_hash: expect.stringMatching(/^[0-9a-f]{128}$/),
      managed_models: [
        'authentik_flows.flow',
        'authentik_flows.flowstagebinding',
        'authentik_stages_email.emailstage',
        'authentik_stages_identification.identificationstage',
        'authentik_stages_prompt.prompt',
        'authentik_stages_prompt.promptstage',
        'authentik_stages_user_login.userloginstage',
        'authentik_stages_user_write.userwritestage',
      ],
    });
  });

  it('are created once: changes and deletions by an administrator are kept', async () => {
    await start();
    await app.api.patch('/flows/instances/default-recovery-flow/', { title: 'My title' });
    await app.api.delete('/flows/instances/default-enrollment-flow/');
    await start();
    expect((await flow('default-recovery-flow')).title).toBe('My title');
    expect(await flow('default-enrollment-flow')).toBeUndefined();
  });

  it('are created once by concurrent startups', async () => {
    await Promise.all([start(), start(), start(), start()]);
    expect((await app.api.get('/flows/instances/')).body.pagination.count).toBe(4);
    expect((await app.api.get('/managed/blueprints/')).body.pagination.count).toBe(5);
    expect(await problems()).toEqual([]);
  });

  it('are overridden by files of the same name in BLUEPRINT_DIR', async () => {
    await write('default-recovery-flow.yaml', file('default-recovery-flow', 'Of the operator'));
    await start();
    expect(await flow('default-recovery-flow')).toMatchObject({ title: 'Of the operator', stages: [] });
  });
});

describe('The files in BLUEPRINT_DIR', () => {
  it('are applied again only after they changed', async () => {
    await write('mine.yaml', file('mine', 'One'));
    await start();
    await app.api.patch('/flows/instances/mine/', { title: 'Of the administrator' });
    await start();
    expect((await flow('mine')).title).toBe('Of the administrator');
    await write('mine.yaml', file('mine', 'Two'));
    await start();
    expect((await flow('mine')).title).toBe('Two');
  });

  it('are found in all subfolders if they end in .yaml or .yml', async () => {
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await mkdir(join(folder, '..data'));
    for (const path of ['a/b/deep.yaml', 'short.yml', 'note.txt', 'a/.hidden.yaml', '..data/x.yaml']) {
      await write(path, file(path.replace(/\W/g, '-'), 'T'));
    }
    await start();
    const flows = (await app.api.get('/flows/instances/?search=T')).body.results;
    expect(flows.filter(({ title }: any) => title === 'T').map(({ slug }: any) => slug)).toEqual([
      'a-b-deep-yaml',
      'short-yml',
    ]);
    expect(await blueprint('a/b/deep.yaml')).toMatchObject({ status: 'successful' });
  });

  it('can be symbolic links inside the folder, but not to targets outside', async () => {
    await mkdir(join(folder, '..data'));
    await write('..data/inside.yaml', file('inside', 'T'));
    const elsewhere = `${folder}-elsewhere.yaml`;
    await writeFile(elsewhere, file('outside', 'T'));
    await symlink('..data/inside.yaml', join(folder, 'inside.yaml'));
    await symlink(elsewhere, join(folder, 'outside.yaml'));
    await symlink('/nothing', join(folder, 'nothing.yaml'));
    await start();
    await rm(elsewhere);
    expect([await flow('inside'), await flow('outside')]).toMatchObject([{ slug: 'inside' }, undefined]);
  });

  it('with the label instantiate: false are not applied', async () => {
    const labels = { 'blueprints.goauthentik.io/instantiate': 'false' };
    await write('later.yaml', file('later', 'T', { metadata: { name: 'Later', labels } }));
    await start();
    expect([await flow('later'), await blueprint('later.yaml')]).toEqual([undefined, undefined]);
  });

  it('are not applied while disabled', async () => {
    await write('mine.yaml', file('mine', 'One'));
    await start();
    const { pk } = await blueprint('mine.yaml');
    await app.api.patch(`/managed/blueprints/${pk}/`, { enabled: false });
    await write('mine.yaml', file('mine', 'Two'));
    await start();
    expect((await flow('mine')).title).toBe('One');
  });

  it('that were removed are marked as orphaned, and their objects are kept', async () => {
    await write('mine.yaml', file('mine', 'One'));
    await start();
    await rm(join(folder, 'mine.yaml'));
    await start();
    expect((await flow('mine')).title).toBe('One');
    expect(await blueprint('mine.yaml')).toMatchObject({ status: 'orphaned' });
  });

  it('that are invalid are reported, and the other files are applied', async () => {
    await write('a-no-yaml.yaml', 'a: b: c');
    await write(
      'b-wrong-entry.yaml',
      file('half', 'T', { entries: [flowEntry('half'), { model: 'x.y', identifiers: { a: 1 } }] }),
    );
    await write('c-too-large.yaml', `# ${'x'.repeat(1_100_000)}`);
    await write(
      'd-secret.yaml',
      'entries:\n  - {model: authentik_flows.flow, identifiers: {slug: x}, attrs: {name: !Env SECRET_KEY}}\n',
    );
    await write('e-good.yaml', file('good', 'T'));
    await start();
    expect([await flow('half'), await flow('good')]).toMatchObject([undefined, { slug: 'good' }]);
    for (const path of ['a-no-yaml', 'b-wrong-entry', 'c-too-large', 'd-secret']) {
      expect(await blueprint(`${path}.yaml`)).toMatchObject({ status: 'error', last_applied_hash: '' });
    }
    expect(await problems()).toEqual([
      'Blueprint a-no-yaml.yaml could not be applied: Nested mappings are not allowed in compact mappings (line 1)',
      'Blueprint b-wrong-entry.yaml could not be applied: entry 2: app or model does not exist (line 12)',
      expect.stringMatching(/^Blueprint c-too-large.yaml could not be applied: The file is larger than 1048576 bytes/),
      'Blueprint d-secret.yaml could not be applied: entry 1: entry invalid: !Env: SECRET_KEY is not listed in BLUEPRINT_ENV. (line 2)',
    ]);
    await write('a-no-yaml.yaml', file('mended', 'T'));
    await start();
    expect([await flow('mended'), (await blueprint('a-no-yaml.yaml')).status]).toMatchObject([
      { slug: 'mended' },
      'successful',
    ]);
  });
});

describe('The built-in files', () => {
  it.each(['default-recovery-flow', 'default-enrollment-flow', 'default-sign-in-flow', 'default-email-change-flow'])(
    'include %s.yaml',
    async (name) => {
      expect(await readFile(new URL(`../../blueprints/${name}.yaml`, import.meta.url), 'utf8')).toContain('version: 1');
    },
  );
});
