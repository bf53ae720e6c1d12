import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { User } from '../../src/core/users/user.entity.js';
import { createProofFlow, createReader, type ProofFlow } from '../factories/proof-flow.js';
import type { Answer } from '../support/api-client.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { visibleAnswer } from '../support/visible-answer.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let flow: ProofFlow;
const someone: Record<'known' | 'unknown' | 'inactive' | 'unconfirmed' | 'withoutAddress', string> = {
  known: '',
  unknown: 'nobody-there@example.org',
  inactive: '',
  unconfirmed: '',
  withoutAddress: '',
};

beforeAll(async () => {
  sink = new SmtpSink();
  const port = await sink.listen();
  app = await startTestApp({ ROLE: 'api' });
  flow = await createProofFlow(app.api, port, { email: { recovery_max_attempts: 1_000_000 } });
  someone.known = (await createReader(app.api)).email;
  const inactive = await createReader(app.api, { is_active: false });
  someone.inactive = inactive.email;
  const unconfirmed = await createReader(app.api, { is_active: false });
  await app.dataSource.manager.update(User, { pk: unconfirmed.pk }, { awaitsConfirmation: true });
  someone.unconfirmed = unconfirmed.email;
  someone.withoutAddress = (await createReader(app.api, { email: '' })).username;
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

/** All responses of a visit that requests two mails and enters codes. */
async function visit(uid_field: string): Promise<Answer[]> {
  const visitor = new Visitor(app.url);
  const answers: Answer[] = [];
  const say = async (body?: object): Promise<void> => {
    answers.push(await (body === undefined ? visitor.get(flow.slug) : visitor.post(flow.slug, body)));
  };
  await say();
  await say({ uid_field });
  await say();
  await say();
  await say({ component: 'ak-stage-email' });
  await say({ component: 'ak-stage-email', code: 'abcdef' });
  for (const code of ['111111', '222222', '333333', '444444', '555555', '666666']) {
    await say({ component: 'ak-stage-email', code });
  }
  await say();
  return answers;
}

describe('A mail request for an unknown or inactive user', () => {
  it('is answered like one for a known user in status, headers and body, even at the limit of guesses', async () => {
    const told = (await visit(someone.known)).map(visibleAnswer);
    expect(told).toHaveLength(13);
    for (const name of Object.values(someone).slice(1)) {
      expect((await visit(name)).map(visibleAnswer), name).toEqual(told);
    }
  });

  it('creates no user, mail, token or job', async () => {
    const count = async (): Promise<unknown> => {
      const statement =
        'select (select count(*) from "user") users, (select count(*) from mail_message) mails, ' +
        '(select count(*) from flow_token) tokens, (select count(*) from graphile_worker.jobs) jobs';
      return (await app.dataSource.query(statement))[0];
    };
    const before = await count();
    for (const name of [someone.unknown, someone.inactive, someone.unconfirmed, someone.withoutAddress]) {
      await visit(name);
    }
    expect(await count()).toEqual(before);
  });

  it('reports a user without an address to the administrator', async () => {
    await visit(someone.withoutAddress);
    const { body } = await app.api.get('/events/events/?action=configuration_error');
    expect(body.results[0].context).toMatchObject({
      message: 'Cannot send a mail to a user: The recipient has no address.',
      affected_user: { username: someone.withoutAddress },
    });
  });
});
