import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { readSettings } from '../../src/config/read-settings.js';

const run = promisify(execFile);
const chart = fileURLToPath(new URL('../../charts/email-stage', import.meta.url));
const examples = await readdir(join(chart, 'ci'));
const hasHelm = await run('helm', ['version']).then(
  () => true,
  () => false,
);

interface Variable {
  readonly name: string;
  readonly value?: string;
}

interface Container {
  readonly env: Variable[];
  readonly envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  readonly securityContext: object;
  readonly volumeMounts: { readonly name: string }[];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly securityContext: object;
    readonly containers: [Container];
    readonly volumes: { readonly name: string }[];
  };
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
  readonly spec: {
    readonly template: PodTemplate;
    readonly selector: { readonly matchLabels: Record<string, string> };
  };
}

/** Renders the chart. A helm that was built without a version of Kubernetes takes itself for an old one. */
async function render(...options: string[]): Promise<Rendered[]> {
  const { stdout } = await run('helm', ['template', 'release', chart, '--kube-version', '1.33.0', ...options]);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
}

const hook = 'helm.sh/hook';
const isHook = ({ metadata }: Rendered): boolean => metadata.annotations?.[hook] !== undefined;

/** Secrets that the examples expect in the namespace. */
const given = new Map([
  [
    'email-stage',
    { DATABASE_URL: 'postgres://postgres.example/x', SECRET_KEY: 'x'.repeat(32), EMAIL_PASSWORD: 'example' },
  ],
  ['email-stage-owner', { DATABASE_URL: 'postgres://owner@postgres.example/x' }],
]);

/** Returns the environment of a container. Only `objects` exist, and the Secrets of the examples. */
function environmentOf({ env, envFrom = [] }: Container, objects: Rendered[]): Record<string, string> {
  const sources = envFrom.map(({ configMapRef, secretRef }) => {
    const name = (configMapRef ?? secretRef)!.name;
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
    const values = found?.data ?? found?.stringData ?? (kind === 'Secret' ? given.get(name) : undefined);
    if (values === undefined) throw new Error(`there is no ${kind} ${name}`);
    return values;
  });
  const own = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return Object.assign({}, ...sources, Object.fromEntries(own), { DATA_DIR: '/tmp' }) as Record<string, string>;
}

describe.skipIf(!hasHelm)('The Helm chart, rendered by helm', () => {
  it.each(examples)('passes helm lint with %s', async (values) => {
    await run('helm', ['lint', '--strict', '--kube-version', '1.33.0', chart, '--values', join(chart, 'ci', values)]);
  });

  it.each(examples)('gives its pods settings that the service accepts, with %s', async (values) => {
    const objects = await render('--values', join(chart, 'ci', values));
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    const read = deployments.map(({ spec }) => {
      const [container] = spec.template.spec.containers;
      return readSettings(environmentOf(container, objects));
    });
    expect(read.map(({ settings }) => settings.role)).toEqual(['api', 'worker']);
    expect(read.flatMap(({ warnings }) => warnings)).toEqual([]);
    for (const [index, { spec }] of deployments.entries()) {
      const { shutdownDelay, shutdownTimeout } = read[index]!.settings;
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(shutdownDelay + shutdownTimeout + 4);
    }
  });

  it.each(examples)('migrates before the pods with what exists at that time, with %s', async (values) => {
    const objects = await render('--values', join(chart, 'ci', values));
    const jobs = objects.filter(({ kind }) => kind === 'Job');
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    const { MIGRATE_AT_START } = environmentOf(deployment!.spec.template.spec.containers[0], objects);
    expect(MIGRATE_AT_START).toBe(jobs.length === 0 ? 'true' : 'false');
    for (const job of jobs) {
      expect(job.metadata.annotations).toMatchObject({ [hook]: 'pre-install,pre-upgrade' });
      expect(job.spec.template.spec.serviceAccountName).toBe('default');
      const { settings } = readSettings(environmentOf(job.spec.template.spec.containers[0], objects.filter(isHook)));
      expect(settings.databaseUrl).toMatch(/^postgres:/);
    }
  });

  it.each(examples)('runs without rights, on a read-only root file system, with %s', async (values) => {
    const objects = await render('--values', join(chart, 'ci', values));
    const pods = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');
    expect(pods.length).toBeGreaterThanOrEqual(2);
    for (const { spec } of pods) {
      const { securityContext, containers, volumes } = spec.template.spec;
      expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const mounted = new Set(containers[0].volumeMounts.map(({ name }) => name));
      expect(new Set(volumes.map(({ name }) => name))).toEqual(mounted);
    }
  });

  it.each(examples)('selects its own pods, with %s', async (values) => {
    const objects = await render('--values', join(chart, 'ci', values));
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    for (const { spec } of deployments) expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  });

  it('alerts as deploy/prometheus does, by the series of the release', async () => {
    const objects = await render('--values', join(chart, 'ci/everything-values.yaml'), '--namespace', 'prod');
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule') as unknown as { spec: object };
    const alerts = await readFile(join(chart, '../../deploy/prometheus/alerts.yml'), 'utf8');
    expect(alerts).toContain('job=~"email-stage.*"');
    const own = alerts.replaceAll('job=~"email-stage.*"', 'namespace="prod", job="mails-metrics"');
    expect(rule.spec).toEqual(parse(own));
  });

  it('is not rendered without DATABASE_URL and SECRET_KEY', async () => {
    await expect(render()).rejects.toThrow('Set existingSecret to a Secret with the key SECRET_KEY');
    await expect(render('--set', `secrets.SECRET_KEY=${'x'.repeat(32)}`)).rejects.toThrow('the key DATABASE_URL');
  });
});
