import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type * as otel from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Registry } from 'prom-client';

import type { Logger } from './config/logger.js';
import { SettingsError } from './config/read-settings.js';
import { enableTracing } from './config/tracing.js';

/** Milliseconds for sending what is left at the end of the process. */
const flushMs = 3000;

/**
 * Sends traces over OTLP as the standard variables OTEL_* of the environment say. Without them it loads no package.
 *
 * @returns sends the rest and stops
 * @throws SettingsError for a value that is not supported
 */
export async function startTracing(env: NodeJS.ProcessEnv, logger: Logger): Promise<() => Promise<void>> {
  if (!isOn(env, 'TRACES')) return () => Promise.resolve();
  const api = await prepare(env, logger);
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
  const provider = new NodeTracerProvider({ resource: await resource(), spanProcessors });
  provider.register();
  enableTracing(api);
  return () => inTime(provider.shutdown());
}

/**
 * Sends the metrics of a registry over OTLP if OTEL_METRICS_EXPORTER=otlp.
 *
 * @returns sends the last values and stops
 * @throws SettingsError for a value that is not supported
 */
export async function startMetrics(
  env: NodeJS.ProcessEnv,
  logger: Logger,
  registry: Registry,
): Promise<() => Promise<void>> {
  if (!isOn(env, 'METRICS')) return () => Promise.resolve();
  await prepare(env, logger);
  const { MeterProvider, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics');
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  const { RegistryProducer } = await import('./registry-producer.js');
  const exporter = new OTLPMetricExporter();
  const exportIntervalMillis = Number(env['OTEL_METRIC_EXPORT_INTERVAL'] ?? 60_000);
  const exportTimeoutMillis = Math.min(exportIntervalMillis, 30_000);
  const from = await resource();
  const metricProducers = [new RegistryProducer(registry, from)];
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis,
    metricProducers,
  });
  const provider = new MeterProvider({ resource: from, readers: [reader] });
  return () => inTime(provider.shutdown());
}

/** Whether a signal is sent: traces if there is an address for them, metrics only if OTEL_METRICS_EXPORTER says so. */
function isOn(env: NodeJS.ProcessEnv, signal: 'TRACES' | 'METRICS'): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  const name = `OTEL_${signal}_EXPORTER`;
  const hasAddress = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  const value = env[name] ?? (signal === 'TRACES' && hasAddress !== undefined ? 'otlp' : 'none');
  if (value !== 'otlp' && value !== 'none') throw new SettingsError(`${name} must be otlp or none`);
  if (value === 'none') return false;
  for (const protocol of ['OTEL_EXPORTER_OTLP_PROTOCOL', `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`]) {
    if ((env[protocol] ?? 'http/protobuf') !== 'http/protobuf')
      throw new SettingsError(`${protocol} must be http/protobuf`);
  }
  return true;
}

/** Hands the variables of `.env` to the packages, and their errors to the log. */
async function prepare(env: NodeJS.ProcessEnv, logger: Logger): Promise<typeof otel> {
  for (const [name, value] of Object.entries(env)) if (name.startsWith('OTEL_')) process.env[name] = value;
  const api = await import('@opentelemetry/api');
  const warn = (message: string): void => logger.warn({ context: 'Telemetry' }, message);
  const ignore = (): void => undefined;
  api.diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return api;
}

async function resource(): Promise<Resource> {
  const resources = await import('@opentelemetry/resources');
  const description = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(description) as { version: string };
  const own = { 'service.name': 'email-stage', 'service.version': version };
  const detected = resources.detectResources({
    detectors: [resources.hostDetector, resources.processDetector, resources.envDetector],
  });
  await detected.waitForAsyncAttributes?.();
  // `process.command_args` and the like are of no use, and may hold secrets.
  const { attributes } = detected;
  const kept = Object.entries(attributes).filter(([name]) => !/^process\.(?!pid$)/.test(name));
  return resources.defaultResource().merge(resources.resourceFromAttributes({ ...own, ...Object.fromEntries(kept) }));
}

async function inTime(work: Promise<void>): Promise<void> {
  await Promise.race([work, sleep(flushMs, undefined, { ref: false })]);
}
