import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { commands } from '../../src/commands/commands.js';
import { definitions } from '../../src/config/read-settings.js';
import { settingsOf } from '../../src/config/setting.js';
import { Settings } from '../../src/config/settings.js';
import { HealthController } from '../../src/health/health.controller.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const chart = join(root, 'charts/email-stage');
const read = (path: string): Promise<string> => readFile(join(chart, path), 'utf8');
const readYaml = async (path: string): Promise<Record<string, unknown>> =>
  parse(await read(path)) as Record<string, unknown>;

const examples = (await readdir(join(chart, 'ci'))).map((name) => `ci/${name}`);
const templates = (await readdir(join(chart, 'templates'))).map((name) => `templates/${name}`);
const texts = await Promise.all(['values.yaml', ...examples, ...templates].map(read));
const declarations = settingsOf(Settings);
/** Settings that the templates set. */
const own = ['ROLE', 'PORT', 'DATA_DIR', 'MIGRATE_AT_START'];

const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(
  JSON.parse(await read('values.schema.json')) as object,
);
const isValid = (values: unknown): boolean => validate(values);

describe('The Helm chart', () => {
  it('has the version of the service as its appVersion', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await readYaml('Chart.yaml')).toMatchObject({ appVersion: version });
  });

  it.each(['values.yaml', ...examples])('has a schema that accepts %s', async (path) => {
    expect(isValid(await readYaml(path)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('refuses unknown values, and an Ingress without a host', () => {
    for (const values of [{ replicas: 3 }, { api: { replica: 3 } }, { ingress: { enabled: true, hosts: [] } }])
      expect(isValid(values), JSON.stringify(values)).toBe(false);
  });

  it('takes every setting as a value, except secrets and those that it sets', () => {
    const accepted = [...declarations.keys()].filter((name) => isValid({ settings: { [name]: valueOf(name) } }));
    const open = [...declarations].filter(([name, { secret }]) => !secret && !own.includes(name)).map(([name]) => name);
    expect(accepted).toEqual(open);
  });

  it('names only settings of the service', () => {
    const named = texts.join('\n').match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|(?<=- name: )[A-Z]+\b/g) ?? [];
    const unknown = named.filter((name) => !declarations.has(name.replace(/_FILE$/, '')));
    expect(named.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });

  it('probes and scrapes only paths that the service has', () => {
    const controller = HealthController as unknown as { prototype: Record<string, object> };
    const paths = Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
      const handler = controller.prototype[name]!;
      const path = Reflect.getMetadata(PATH_METADATA, handler) as string | undefined;
      return Reflect.hasMetadata(METHOD_METADATA, handler) ? [`/-/${path ?? ''}/`] : [];
    });
    const used = [...texts.join('\n').matchAll(/\bpath: (\/-\/[\w/]+)/g)].map(([, path]) => path);
    expect(new Set(used)).toEqual(new Set(['/-/health/live/', '/-/health/ready/', '/-/metrics/']));
    expect(used.filter((path) => !paths.includes(path!))).toEqual([]);
  });

  it('scales by metrics that the service has', async () => {
    const files = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
    const sources = (await Promise.all(files.map((name) => readFile(join(root, 'src', name), 'utf8')))).join('\n');
    const used = texts.join('\n').match(/\b[a-z]+(?:_[a-z]+)+_(?:seconds|total|connections|messages)\b/g) ?? [];
    expect(used).toContain('mail_oldest_waiting_seconds');
    for (const name of used) expect(sources).toContain(`name: '${name}'`);
  });

  it('calls only commands of the service', () => {
    const called = [...texts.join('\n').matchAll(/\bargs: \[([\w:-]+)\]/g)].map(([, name]) => name);
    expect(called).toEqual(['migrate']);
    expect([...commands.keys()]).toEqual(expect.arrayContaining(called));
  });
});

/** Returns a value that the schema accepts for a setting. */
function valueOf(name: string): string | number | boolean {
  if (name === 'PUBLIC_URL') return 'https://id.example.org';
  const { fallback } = definitions[name]!;
  return typeof fallback === 'number' || typeof fallback === 'boolean' ? fallback : 'text';
}
