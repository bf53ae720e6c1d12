import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest';

import type { TokenDto } from '../../src/core/tokens/dto/token.dto.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { createToken } from '../factories/token.js';
import { proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

const hour = 3_600_000;
const metricsToken = 'metrics-token-of-the-tests';

describe.each([
  ['an hour ahead', hour],
  ['an hour behind', -hour],
])('On a node whose clock is %s of the database server', (_, skew) => {
  let warn: MockInstance<Logger['warn']>;
  let app: TestApp;
  let sink: SmtpSink;
  let flow: ProofFlow;
  beforeAll(async () => {
    warn = vi.spyOn(Logger.prototype, 'warn');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skew });
    sink = new SmtpSink();
    app = await startTestApp({ METRICS_TOKEN: metricsToken });
    flow = await createProofFlow(app.api, await sink.listen());
  });
  afterAll(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await app.stop();
    await sink.close();
  });

  async function requested(): Promise<{ visitor: Visitor; code: string; query: string }> {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    return { visitor, ...(await proofMail(sink, email)) };
  }

  const passed = (): object => ({ component: 'ak-stage-dummy', name: flow.behind });

  it('accepts a code', async () => {
    const { visitor, code } = await requested();
    expect(await visitor.answer(flow.slug, { component: 'ak-stage-email', code })).toMatchObject(passed());
  });

  it('accepts a link', async () => {
    const { visitor, query } = await requested();
    const { token } = await visitor.see(flow.slug, query);
    expect(await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query)).toMatchObject(passed());
  });

  it('issues API tokens for a day by the clock of the database', async () => {
    const token: TokenDto = await createToken(app.api);
    const [row] = await app.dataSource.query<{ seconds: number }[]>(
      'select extract(epoch from $1::timestamptz - now())::float8 as seconds',
      [token.expires],
    );
    expect(row?.seconds).toBeGreaterThan(86_400 - 60);
    expect(row?.seconds).toBeLessThanOrEqual(86_400);
  });

  it('logs the skew once, and reports it as a metric', async () => {
    const warnings = warn.mock.calls.flat().filter((text) => String(text).startsWith('The clock of this machine is'));
    expect(warnings).toEqual([expect.stringMatching(skew > 0 ? /3[56]\d\d\.\d s ahead of/ : /3[56]\d\d\.\d s behind/)]);
    const metrics = await fetch(`${app.url}/-/metrics/`, { headers: { authorization: `Bearer ${metricsToken}` } });
    const [, seconds] = /^clock_skew_seconds (-?[\d.]+)$/m.exec(await metrics.text()) ?? [];
    expect(Math.abs(Number(seconds) - skew / 1000)).toBeLessThan(60);
  });
});
