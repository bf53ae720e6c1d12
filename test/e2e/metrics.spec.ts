import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';

import { NodeRegistry } from '../../src/database/node-registry.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const token = 'metrics-token-of-the-tests';
const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const promtool = (...args: string[]): Promise<unknown> => promisify(execFile)('promtool', args);
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

let app: TestApp;
/** Types of the exported metrics by name. */
let types: Map<string, string>;
let text: string;
let rules: Rule[];
let guide: string;

async function metricsOf({ url }: Pick<TestApp, 'url'>): Promise<string> {
  const answer = await fetch(`${url}/-/metrics/`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return answer.text();
}

beforeAll(async () => {
  app = await startTestApp({ METRICS_TOKEN: token });
  await app.api.get('/stages/email/');
  text = await metricsOf(app);
  types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  const alerts = parse(await readFile(file('deploy/prometheus/alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] };
  rules = alerts.groups.flatMap(({ rules: own }) => own);
  guide = await readFile(file('docs/observability.md'), 'utf8');
});
afterAll(() => app.stop());

/** Returns the series that a PromQL expression reads. */
function seriesIn(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '').replace(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|without) *\([^)]*\)/g, ' ');
  return bare.match(/\b[a-z_:][\w:]*\b(?! *\()/gi) ?? [];
}

/** Whether the service exports this series. */
function isExported(series: string): boolean {
  return types.has(series) || types.get(series.replace(/_(?:bucket|sum|count)$/, '')) === 'histogram';
}

describe('The names of metrics', () => {
  it('end with their unit, and with _total if they are counters', () => {
    expect(types.size).toBeGreaterThan(20);
    for (const [name, type] of types) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name, name).not.toMatch(/_(?:seconds|bytes)_(?!total$)/);
      expect(name, name).not.toMatch(/_(?:milliseconds|ms|minutes|kb|megabytes)(?:_|$)/);
    }
  });

  it.skipIf(!hasPromtool)('satisfy promtool', async () => {
    const { error, status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text });
    expect([error, status, String(stderr)]).toEqual([undefined, 0, '']);
  });

  it('are those of the guide, which has every metric of the service', () => {
    const [, table = ''] = guide.split('\n## Metrics\n');
    const rows = [...table.split('\n## ')[0]!.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    const own = [...types].filter(([name]) => !/^(?:nodejs|process)_/.test(name));
    expect(rows.sort()).toEqual(own.sort());
  });
});

describe('Metrics of the whole installation', () => {
  it('are exported by one process, and by another one when it ends', async () => {
    const { url } = app.dataSource.options as { url: string };
    const other = await startTestApp({ METRICS_TOKEN: token }, { url, drop: () => Promise.resolve() });
    const both = [app, other];
    for (const [index, { nest }] of both.entries()) await nest.get(NodeRegistry).join(index + 1);
    const exporters = async (): Promise<TestApp[]> => {
      const texts = await Promise.all(both.map(metricsOf));
      const samples = /^mail_messages\{[^]*^mail_oldest_waiting_seconds \d/m;
      return both.filter((_, index) => samples.test(texts[index]!));
    };
    const [first, ...more] = await exporters();
    expect([first === undefined, more]).toEqual([false, []]);
    // As if the process had died.
    await app.dataSource.query(
      `update "node" set expires = now() - interval '1 s' where node_uuid = (select min(node_uuid::text)::uuid from "node")`,
    );
    expect(await exporters()).toEqual(both.filter((each) => each !== first));
    for (const each of both) expect(await metricsOf(each)).toContain('\ndatabase_up 1\n');
    await other.stop();
  });

  it('are left out while the database is away, and database_up is 0', async () => {
    const away = vi.spyOn(app.nest.get(NodeRegistry), 'isFirst').mockRejectedValue(new Error('away'));
    const now = await metricsOf(app);
    away.mockRestore();
    expect(now).toContain('\ndatabase_up 0\n');
    expect(now).not.toMatch(/^(?:mail_messages|mail_oldest_waiting_seconds)[ {]/m);
    expect(await metricsOf(app)).toContain('\ndatabase_up 1\n');
  });
});

describe('The files for Prometheus and Grafana', () => {
  it('use only metrics that the service exports', async () => {
    const dashboard = JSON.parse(await readFile(file('deploy/grafana/email-stage.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    const expressions = [
      ...rules.map(({ expr }) => expr),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    expect(expressions.length).toBeGreaterThan(25);
    for (const expression of expressions) {
      const series = seriesIn(expression);
      expect(series, expression).not.toEqual([]);
      for (const each of series) expect(isExported(each), `${each} in ${expression}`).toBe(true);
    }
  });

  it('have alerts that the guide explains', () => {
    const [, section = ''] = guide.split('\n## Alerts\n');
    const explained = [...section.matchAll(/^- \*\*(\w+)\.\*\*/gm)].map(([, name]) => name);
    expect(explained).toEqual(rules.map(({ alert }) => alert));
  });

  it.skipIf(!hasPromtool)('have alerts that fire when they should, by the rule tests of promtool', async () => {
    await promtool('check', 'rules', file('deploy/prometheus/alerts.yml'));
    await promtool('test', 'rules', file('deploy/prometheus/alerts.test.yml'));
  });
});
