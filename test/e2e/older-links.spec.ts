import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import { type ProofMail, proofMail } from '../support/proof-mail.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let sink: SmtpSink;
let port: number;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
});
afterAll(() => sink.close());

describe.each([
  { setting: 'true', ends: true },
  { setting: 'false', ends: false },
])('With MAIL_ENDS_OLDER_LINKS=$setting', ({ setting, ends }) => {
  let app: TestApp;
  let flow: ProofFlow;

  beforeAll(async () => {
    app = await startTestApp({ MAIL_ENDS_OLDER_LINKS: setting });
    flow = await createProofFlow(app.api, port, { flow: { designation: 'recovery' } });
  });
  afterAll(() => app.stop());

  /** Opens a link in a new browser, and presses its button. */
  async function follow({ query }: ProofMail): Promise<any> {
    const visitor = new Visitor(app.url);
    const { token } = await visitor.see(flow.slug, query);
    return visitor.answer(flow.slug, { component: 'ak-stage-consent', token }, query);
  }

  const passed = (): object => ({ component: 'ak-stage-dummy', name: flow.behind });
  const older = (): object =>
    ends
      ? {
          component: 'ak-stage-access-denied',
          error_message: expect.stringMatching(/^A newer email has been sent/),
        }
      : passed();

  it(`a resent mail ${ends ? 'invalidates' : 'keeps'} the link of the previous mail, and its own link works`, async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    const first = await proofMail(sink, email);
    await visitor.answer(flow.slug, {});
    const second = await proofMail(sink, email, 2);
    expect(second.token).not.toBe(first.token);
    expect(await follow(first)).toMatchObject(older());
    expect(await follow(second)).toMatchObject(passed());
    for (const mail of [first, second]) {
      expect(await new Visitor(app.url).see(flow.slug, mail.query)).toMatchObject({
        component: 'ak-stage-access-denied',
      });
    }
  });

  it('only the code of the newest mail is valid', async () => {
    const { email } = await createReader(app.api);
    const visitor = new Visitor(app.url);
    await visitor.answer(flow.slug, { uid_field: email });
    const first = await proofMail(sink, email);
    await visitor.answer(flow.slug, {});
    const second = await proofMail(sink, email, 2);
    const type = (code: string): Promise<any> => visitor.answer(flow.slug, { component: 'ak-stage-email', code });
    if (first.code !== second.code) expect(await type(first.code)).toHaveProperty('response_errors.code');
    expect(await type(second.code)).toMatchObject(passed());
  });

  it(`an administrator’s recovery mail ${ends ? 'invalidates' : 'keeps'} the link of the previous mail`, async () => {
    const { pk, email } = await createReader(app.api);
    const path = `/core/users/${pk}/recovery_email/?email_stage=${flow.stage}`;
    for (const _ of [1, 2]) expect((await app.api.post(path)).status).toBe(204);
    const mails = [await proofMail(sink, email), await proofMail(sink, email, 2)];
    const outcomes = [];
    for (const mail of mails) outcomes.push((await follow(mail)).component);
    // The mails may arrive in any order.
    expect(outcomes.sort()).toEqual([ends ? 'ak-stage-access-denied' : 'ak-stage-dummy', 'ak-stage-dummy']);
  });
});
