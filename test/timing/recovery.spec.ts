import { afterAll, beforeAll, describe, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';
import { expectSameTime } from './same-time.js';

let app: TestApp;
let sink: SmtpSink;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp({ ROLE: 'api' });
  flow = await createProofFlow(app.api, port, { email: { recovery_max_attempts: 1_000_000 } });
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

describe('A recovery', () => {
  it('responds in the same time to known, unknown and inactive users, and to an address of several accounts', async ({
    annotate,
  }) => {
    const several = (await createReader(app.api)).email;
    for (let count = 1; count < 10; count += 1) await createReader(app.api, { email: several });
    const names = {
      several,
      known: (await createReader(app.api)).email,
      unknown: 'nobody-there@example.org',
      inactive: (await createReader(app.api, { is_active: false })).email,
    };
    const identify = async (uid_field: string): Promise<() => Promise<unknown>> => {
      const visitor = new Visitor(app.url);
      await visitor.get(flow.slug);
      return () => visitor.answer(flow.slug, { uid_field });
    };
    const actions = Object.entries(names).map(([kind, name]) => [kind, () => identify(name)]);
    await expectSameTime(Object.fromEntries(actions), { turns: 80, annotate });
  });
});
