import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { adminKey } from '../support/test-app.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' };
const receiver = new OtlpReceiver();
const sink = new SmtpSink();
const services: ServiceProcess[] = [];

let database: TestDatabase;
let telemetry: Record<string, string>;
let port: number;

beforeAll(async () => {
  database = await createTestDatabase();
  telemetry = {
    OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.listen(),
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
  };
  port = await sink.listen();
});
afterAll(async () => {
  for (const service of services) service.signal('SIGKILL');
  await Promise.all(services.map((service) => service.ended()));
  receiver.close();
  await sink.close();
  await database.drop();
});

async function start(environment: Record<string, string>): Promise<{ service: ServiceProcess; url: string }> {
  const service = ServiceProcess.start({
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    PORT: '0',
    BOOTSTRAP_TOKEN: adminKey,
    SHUTDOWN_DELAY: '0',
    ...environment,
  });
  services.push(service);
  const [, url = ''] = await service.prints(/"url":"(http[^"]+)"/);
  return { service, url };
}

/** Has a test mail sent. @returns the ids of the trace that the request belongs to */
async function sendTestMail(url: string): Promise<{ traceId: string; parent: string }> {
  const post = async (path: string, body: object, more = {}): Promise<any> => {
    const init = { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) };
    return (await fetch(`${url}/api/v3/${path}`, init)).json();
  };
  const name = `stage ${randomBytes(4).toString('hex')}`;
  const { pk } = await post('stages/email/', { name, host: '127.0.0.1', port, password: 'p4ssw0rd-of-the-server' });
  const [traceId, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  await post(`stages/email/${pk}/test/`, { to: 'reader@example.org' }, { traceparent: `00-${traceId}-${parent}-01` });
  return { traceId, parent };
}

it('Traces a request from HTTP over the outbox and the worker to the mail server, and exports metrics', async () => {
  const api = await start({ ...telemetry, ROLE: 'api', OTEL_SERVICE_NAME: 'the-api' });
  const worker = await start({ ...telemetry, ROLE: 'worker' });
  const { traceId, parent } = await sendTestMail(api.url);
  const spans = (): ReceivedSpan[] => receiver.spans.filter((span) => span.traceId === traceId);
  const named = (name: RegExp): ReceivedSpan => spans().find((span) => name.test(span.name))!;
  await expect.poll(() => spans().map(({ name }) => name), { timeout: 30_000 }).toContain('deliver mail');

  const request = named(/^POST \/api\/v3\/stages\/email\/:\w+\/test/);
  const queued = named(/^queue mail$/);
  const job = named(/^deliver mail$/);
  const mail = named(/^smtp send$/);
  expect(request).toMatchObject({ parent, kind: 2, service: 'the-api' });
  expect(queued).toMatchObject({ parent: request.id, kind: 4, service: 'the-api' });
  expect(job).toMatchObject({ parent: queued.id, kind: 5, service: 'email-stage' });
  expect(mail).toMatchObject({ parent: job.id, kind: 3, service: 'email-stage' });
  // The statements that authenticate, queue, claim and record.
  const statements = (of: ReceivedSpan): string[] =>
    spans().flatMap(({ name, kind, parent: above }) => (above === of.id && kind === 3 ? [name] : []));
  expect(statements(request).length).toBeGreaterThan(1);
  expect(statements(queued)).toEqual([expect.stringMatching(/mail_message$/)]);
  expect(statements(job).filter((name) => name.startsWith('WITH'))).toHaveLength(2);

  const logged = (service: ServiceProcess, msg: string): unknown =>
    service.log.find((line) => line.msg === msg && line['trace_id'] === traceId);
  await expect.poll(() => logged(api.service, 'request')).toMatchObject({ span_id: request.id });
  await expect.poll(() => logged(worker.service, 'mail')).toMatchObject({ span_id: job.id, state: 'sent' });
  await expect
    .poll(() => [...receiver.metrics], { timeout: 20_000 })
    .toEqual(expect.arrayContaining(['mail_attempts_total', 'http_request_duration_seconds', 'mail_messages']));
  for (const secret of [adminKey, 'p4ssw0rd', 'reader@example.org']) expect(receiver.text).not.toContain(secret);
});

it('Loads no package of OpenTelemetry without its variables', async () => {
  const { service, url } = await start({ NODE_DEBUG: 'esm,module' });
  const { traceId } = await sendTestMail(url);
  expect(service.output).toContain('fastify');
  expect(service.output).not.toMatch(/@opentelemetry\/(?:sdk|exporter|resources)/);
  expect(service.output).not.toContain(traceId);
});

it('Refuses the start with a value that is not supported', async () => {
  const service = ServiceProcess.start({
    DATABASE_URL: database.url,
    SECRET_KEY: 'secret-key-of-the-tests-0123456789',
    PORT: '0',
    OTEL_TRACES_EXPORTER: 'zipkin',
  });
  expect(await service.ended()).toBe(1);
  expect(service.log.map(({ msg }) => msg)).toContain(
    'email-stage cannot start: OTEL_TRACES_EXPORTER must be otlp or none',
  );
});
