import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { commands } from '../../src/commands/commands.js';

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(fileURLToPath(new URL(path, root)), 'utf8');

const settings = [...(await read('.env.example')).matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
const ofNode = ['NODE_ENV'];

interface Compose {
  readonly services: Readonly<Record<string, { build?: string; environment?: Readonly<Record<string, string>> }>>;
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly steps: { readonly uses?: string; readonly run?: string }[] }>>;
}

describe('The deployment files', () => {
  it('set only settings of the service in the Dockerfile', async () => {
    const names = [...(await read('Dockerfile')).matchAll(/^ENV (.*)$/gm)].flatMap(([, values = '']) =>
      values.split(' ').map((value) => value.split('=')[0]),
    );
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([...settings, ...ofNode]).toContain(name);
  });

  it('copy into the image only what .dockerignore lets through', async () => {
    const allowed = (await read('.dockerignore'))
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const copied = [...(await read('Dockerfile')).matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(allowed).toContain(path);
  });

  it('set only settings of the service in compose.yaml', async () => {
    const { services } = parse(await read('compose.yaml'), { merge: true }) as Compose;
    const own = Object.values(services).filter(({ build }) => build !== undefined);
    expect(own.map(({ environment }) => environment?.['ROLE'])).toEqual(['api', 'worker']);
    for (const { environment = {} } of own) {
      for (const name of Object.keys(environment)) expect(settings).toContain(name);
    }
  });

  it('set only settings of the service in the systemd unit', async () => {
    const unit = await read('deploy/systemd/email-stage.service');
    const names = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, values = '']) =>
      values.split(' ').map((value) => value.split('=')[0]),
    );
    for (const name of names) expect([...settings, ...ofNode]).toContain(name);
    expect([...commands.keys()]).toContain(/^ExecStart=\S+ (\S+)$/m.exec(unit)?.[1]);
  });

  it('wait for a stop longer than the default settings need', async () => {
    const [delay, timeout] = ['SHUTDOWN_DELAY', 'SHUTDOWN_TIMEOUT'].map((name) => defaultOf(name));
    const seconds = [/stop_grace_period: (\d+)s/.exec(await read('compose.yaml'))?.[1]];
    seconds.push(/^TimeoutStopSec=(\d+)$/m.exec(await read('deploy/systemd/email-stage.service'))?.[1]);
    for (const value of seconds) expect(Number(value)).toBeGreaterThan(Number(delay) + Number(timeout));
  });

  it('run in a workflow that only reads the repository, with actions pinned to a commit', async () => {
    const workflow = await read('.github/workflows/ci.yml');
    const { permissions, jobs } = parse(workflow) as Workflow;
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs['check']?.steps.at(-1)).toEqual({ run: 'bash .ci/run' });
    const actions = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(actions.length).toBeGreaterThan(3);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
    const named = [...workflow.matchAll(/(?<=[\s"])(?:test|charts)\/[\w./-]+/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named)
      expect(existsSync(fileURLToPath(new URL(path.replace(/\/\*.*$/, ''), root))), path).toBe(true);
  });
});

const example = await read('.env.example');

function defaultOf(name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(example)?.[1];
}
