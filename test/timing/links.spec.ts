import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';
import { expectSameTime } from './same-time.js';

let app: TestApp;
let sink: SmtpSink;
let flow: ProofFlow;

beforeAll(async () => {
  sink = new SmtpSink();
  app = await startTestApp();
  flow = await createProofFlow(app.api, await sink.listen());
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

/** Sends a link to a new user. */
async function sendLink(): Promise<ProofMail> {
  const { email } = await createReader(app.api);
  await new Visitor(app.url).answer(flow.slug, { uid_field: email });
  return proofMail(sink, email);
}

describe('An invalid link', () => {
  it('is refused in the same time whether it is used, expired or unknown', async ({ annotate }) => {
    const [used, expired] = [await sendLink(), await sendLink()];
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, used.query);
    await visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, used.query);
    await app.dataSource.query(
      `update flow_token set expires = now() where key_hash = sha256(convert_to($1, 'UTF8'))`,
      [expired.token],
    );
    const queries = {
      used: () => used.query,
      expired: () => expired.query,
      unknown: () => `flow_token=${randomBytes(32).toString('hex')}`,
    };
    const open = (query: string): Promise<() => Promise<unknown>> => {
      const browser = new Visitor(app.url);
      return Promise.resolve(() => browser.get(flow.slug, query));
    };
    const actions = Object.entries(queries).map(([kind, queryOf]) => [kind, () => open(queryOf())]);
    await expectSameTime(Object.fromEntries(actions), { turns: 200, annotate });
  });
});
