import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { Housekeeping } from '../../src/database/housekeeping.js';
import { linkSecret, oneTimeCode } from '../../src/database/link-secret.js';
import { SecretBox } from '../../src/database/secret-box.js';
import { codeKeyOf, linkKeyOf } from '../../src/verifications/verification-mail.service.js';
import type { VerificationState } from '../../src/verifications/verification-states.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createVerification } from '../factories/verification.js';
import { runs } from '../support/runs.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { otherCode } from '../support/verification-mail.js';

let app: TestApp;
let stage: string;
beforeAll(async () => {
  // Without a worker: the steps decide what happens to the mails.
  app = await startTestApp({ ROLE: 'api', VERIFICATION_CALLER_LIMIT: '1000000' });
  ({ pk: stage } = await createEmailStage(app.api, { recovery_max_attempts: 1000 }));
});
afterAll(() => app.stop());

const steps = ['right', 'wrong', 'resend', 'cancel', 'link', 'expire', 'fail', 'bounce', 'housekeeping'] as const;
type Step = (typeof steps)[number];

/** What a verification must be after some steps. */
class Model {
  status: VerificationState = 'pending';
  mails = 1;
  attempts = 0;
  compared = 0;
  approvals = 0;
  private isOver = false;

  /** Makes a step. @returns whether the request of the step succeeds */
  take(step: Step): boolean {
    const isOpen = ['pending', 'failed'].includes(this.status) && !this.isOver;
    switch (step) {
      case 'right':
      case 'wrong':
        return this.enter(step === 'right', isOpen);
      case 'resend':
        if (isOpen) [this.status, this.mails] = ['pending', this.mails + 1];
        return isOpen;
      case 'cancel':
        if (isOpen) this.status = 'canceled';
        return this.status === 'canceled';
      case 'link':
        if (isOpen) this.approve();
        return isOpen;
      case 'expire':
        this.isOver = true;
        if (this.status === 'pending') this.status = 'expired';
        return true;
      case 'fail':
      case 'bounce':
        if (this.status === 'pending') this.status = 'failed';
        return true;
      case 'housekeeping':
        return true;
    }
  }

  private enter(isRight: boolean, isOpen: boolean): boolean {
    if (!isOpen && this.status !== 'approved') return false;
    this.compared += 1;
    if (this.compared > 5) return false;
    if (isRight) {
      if (isOpen) this.approve();
      return true;
    }
    if (isOpen) this.attempts += 1;
    if (isOpen && this.attempts === 5) this.status = 'max_attempts';
    return false;
  }

  private approve(): void {
    this.status = 'approved';
    this.approvals += 1;
  }
}

interface Run {
  readonly pk: string;
  readonly mails: number;
}

async function carryOut(step: Step, { pk, mails }: Run): Promise<boolean> {
  const secrets = app.nest.get(SecretBox, { strict: false });
  const code = oneTimeCode(codeKeyOf({ pk, mails }), secrets);
  const post = async (action: string, body: object = {}): Promise<boolean> =>
    (await app.api.post(`/verifications/${pk}/${action}/`, body)).status === 200;
  const query = (statement: string): Promise<unknown> => app.dataSource.query(statement, [pk]);
  switch (step) {
    case 'right':
      return post('check', { code });
    case 'wrong':
      return post('check', { code: otherCode(code) });
    case 'resend':
    case 'cancel':
      return post(step);
    case 'link': {
      const body = new URLSearchParams({ token: linkSecret(linkKeyOf(pk), secrets) });
      const html = await (await fetch(`${app.url}/if/verify/`, { method: 'POST', body })).text();
      return html.includes('<h1>Email address confirmed</h1>');
    }
    case 'expire':
      await query(`update verification set expires = least(expires, now()) where verification_uuid = $1`);
      return true;
    case 'fail':
      await query(`update mail_message set state = 'failed', next_attempt = null, finished = now() from verification v
                    where v.verification_uuid = $1 and v.status = 'pending' and v.expires > now()
                      and v.message_uuid = mail_message.message_uuid`);
      return true;
    case 'bounce':
      await query(
        `insert into mail_feedback (feedback_uuid, message_uuid, provider, event, kind, reason, happened)
         select gen_random_uuid(), v.message_uuid, 'postmark', gen_random_uuid(), 'bounce', 'unknown', now() from verification v
          where v.verification_uuid = $1 and v.status = 'pending' and v.expires > now()`,
      );
      return true;
    case 'housekeeping':
      await app.nest.get(Housekeeping, { strict: false }).doEverything();
      return true;
  }
}

/** A way to each state. */
const examples: Record<VerificationState, Step[]> = {
  pending: ['fail', 'resend'],
  approved: ['bounce', 'housekeeping', 'right', 'link'],
  canceled: ['cancel'],
  expired: ['expire', 'housekeeping', 'resend'],
  failed: ['resend', 'bounce', 'housekeeping'],
  max_attempts: ['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'right'],
};

it('Any steps lead to the state of the diagram, and to one approval at most', async () => {
  const reached = new Set<VerificationState>();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 10 }), async (taken) => {
      const model = new Model();
      const { pk } = await createVerification(app.api, { stage, external_id: randomUUID() });
      for (const step of taken) {
        const { mails } = model;
        const expected = model.take(step);
        expect([step, await carryOut(step, { pk, mails })]).toEqual([step, expected]);
        const { status, attempts, mails: sent } = (await app.api.get(`/verifications/${pk}/`)).body;
        expect({ status, attempts, mails: sent }).toEqual({
          ...{ status: model.status, attempts: model.attempts, mails: model.mails },
        });
      }
      reached.add(model.status);
      const listed = await app.api.get(`/verifications/?status=${model.status}&ordering=-created&page_size=1`);
      expect(listed.body.results).toMatchObject([{ pk }]);
      const approvals = await app.dataSource.query(
        `select from event where context -> 'model' ->> 'pk' = $1 and context ->> 'status' = 'approved' and action = 'model_updated'`,
        [pk],
      );
      expect(approvals).toHaveLength(model.approvals);
    }),
    { examples: Object.values(examples).map((example) => [example]), numRuns: runs(18, 1000) },
  );
  expect([...reached].sort()).toEqual(Object.keys(examples).sort());
});
