import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { UserDto } from '../../src/core/users/dto/user.dto.js';
import { User } from '../../src/core/users/user.entity.js';
import { findUser } from '../../src/stages/identification/find-user.js';
import { createAddressFlow, createEnrollmentFlow } from '../factories/account-flows.js';
import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createPromptStage } from '../factories/prompt.js';
import { createReader } from '../factories/proof-flow.js';
import { createStage } from '../factories/stage.js';
import { proofMail } from '../support/proof-mail.js';
import { signedIn } from '../support/signed-in.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
let sink: SmtpSink;
let port: number;
/** Flows: sign-up without mail, sign-up with mail, settings without mail (as in authentik), settings with mail. */
let open: string;
let confirmed: string;
let settings: string;
let proving: string;

beforeAll(async () => {
  sink = new SmtpSink();
  port = await sink.listen();
  const email = { port, recovery_max_attempts: 1000 };
  app = await startTestApp();
  const fields = [
    { field_key: 'username', label: 'Username', type: 'username', required: false },
    { field_key: 'name', label: 'Name', type: 'text', required: false },
    { field_key: 'email', label: 'Email', type: 'email', required: false },
    { field_key: 'attributes.upn', label: 'UPN', type: 'text', required: false },
  ] as const;
  const flowOf = async (user_creation_mode: 'always_create' | 'never_create'): Promise<string> => {
    const form = await createPromptStage(app.api, fields);
    const write = await createStage(app.api, 'user_write', { user_creation_mode });
    return (await createFlowWith(app.api, [form.pk, write.pk])).flow.slug;
  };
  [open, settings] = [await flowOf('always_create'), await flowOf('never_create')];
  confirmed = await createEnrollmentFlow(app.api, email);
  proving = await createAddressFlow(app.api, email);
});
afterAll(async () => {
  await app.stop();
  await sink.close();
});

const end = { component: 'xak-flow-redirect' };
const unproved = { string: 'A new email address must be confirmed before it is saved.', code: 'invalid' };
const newAddress = (): string => `v-${randomUUID()}@example.org`;
const addressOf = async ({ pk }: Pick<UserDto, 'pk'>): Promise<string> =>
  (await app.dataSource.manager.findOneByOrFail(User, { pk })).email;

describe('A new address of an account in a flow', () => {
  it('is refused without proof by mail, whether another account has it or not', async () => {
    const user = await createReader(app.api);
    for (const email of [newAddress(), (await createReader(app.api)).email]) {
      const visitor = await signedIn(app, user);
      expect((await visitor.answer(settings, { email })).response_errors).toEqual({ email: [unproved] });
      expect(await addressOf(user)).toBe(user.email);
    }
  });

  it('can be omitted: a form with the unchanged address saves the other settings', async () => {
    const user = await createReader(app.api);
    const { username, email } = user;
    const answer = { username, email, name: 'Changed' };
    expect(await (await signedIn(app, user)).answer(settings, answer)).toMatchObject(end);
    expect((await app.api.get(`/core/users/${user.pk}/`)).body).toMatchObject(answer);
  });

  it('is saved after a mail to it is confirmed in the run, by code or link', async () => {
    for (const way of ['code', 'link']) {
      const [user, email] = [await createReader(app.api), newAddress()];
      const visitor = await signedIn(app, user);
      expect(await visitor.answer(proving, { email })).toMatchObject({ component: 'ak-stage-email' });
      const { code, query } = await proofMail(sink, email);
      expect(await addressOf(user)).toBe(user.email);
      if (way === 'code') {
        expect(await visitor.answer(proving, { component: 'ak-stage-email', code })).toMatchObject(end);
      } else {
        const { token } = await visitor.see(proving, query);
        expect(await visitor.answer(proving, { component: 'ak-stage-consent', token }, query)).toMatchObject(end);
      }
      expect(await addressOf(user)).toBe(email);
    }
  });

  it('is refused in a run that proved another address', async () => {
    const [user, first, second] = [await createReader(app.api), newAddress(), newAddress()];
    const form = await createPromptStage(app.api, [{ field_key: 'email', label: 'Email', type: 'email' }]);
    const mail = await createEmailStage(app.api, { host: '127.0.0.1', port });
    const again = await createPromptStage(app.api, [{ field_key: 'email', label: 'Email', type: 'email' }]);
    const write = await createStage(app.api, 'user_write');
    const { flow } = await createFlowWith(app.api, [form.pk, mail.pk, again.pk, write.pk]);
    const visitor = await signedIn(app, user);
    await visitor.answer(flow.slug, { email: first });
    const { code } = await proofMail(sink, first);
    await visitor.answer(flow.slug, { component: 'ak-stage-email', code });
    expect((await visitor.answer(flow.slug, { email: second })).response_errors).toEqual({ email: [unproved] });
    expect(await visitor.answer(flow.slug, { email: first })).toMatchObject(end);
    expect(await addressOf(user)).toBe(first);
  });
});

describe('The owner of an address', () => {
  it('stays the only account found by it after any sign-ups and settings changes of strangers', async () => {
    const spellings = [
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => name.replace('v', '\uff56'),
      (name: string) => name.replace('@', '\uff20'),
    ];
    const step = fc.record({
      flow: fc.constantFrom('open', 'confirmed', 'settings', 'proving'),
      field: fc.constantFrom('username', 'email', 'both', 'upn'),
      spelling: fc.constantFrom(...spellings),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const [address, password] = [newAddress(), 'a new secret'];
        const owner = new Visitor(app.url);
        const username = randomUUID();
        await owner.answer(confirmed, { username, password, password_repeat: password });
        await owner.answer(confirmed, { name: 'Any', email: address });
        const { code } = await proofMail(sink, address);
        await owner.answer(confirmed, { component: 'ak-stage-email', code });
        const { pk } = await app.dataSource.manager.findOneByOrFail(User, { username, isActive: true });
        const stranger = await createReader(app.api);
        for (const { flow, field, spelling } of steps) {
          const taken = spelling(address);
          const names = {
            username: field === 'username' || field === 'both' ? taken : randomUUID(),
            ...((field === 'email' || field === 'both') && { email: taken }),
            ...(field === 'upn' && { 'attributes.upn': taken }),
          };
          const visitor =
            flow === 'open' || flow === 'confirmed' ? new Visitor(app.url) : await signedIn(app, stranger);
          if (flow === 'confirmed') {
            await visitor.answer(confirmed, { username: names.username, password, password_repeat: password });
            await visitor.answer(confirmed, { name: 'Any', email: names.email ?? newAddress() });
          } else {
            await visitor.answer({ open, settings, proving }[flow], names);
          }
          const matching = { userFields: ['email', 'username', 'upn'], caseInsensitiveMatching: true } as const;
          for (const typed of spellings.slice(0, 3)) {
            const found = await findUser(app.dataSource.manager, matching, typed(address));
            expect(found?.pk).toBe(pk);
          }
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
