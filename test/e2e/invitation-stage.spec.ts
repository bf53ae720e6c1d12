import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { InvitationRequestDto } from '../../src/stages/invitation/dto/invitation.dto.js';
import { createDummyStage } from '../factories/dummy-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createFlow } from '../factories/flow.js';
import { createInvitation, createInvitationStage } from '../factories/invitation.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Visitor } from '../support/visitor.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

const end = { component: 'xak-flow-redirect', to: '/' };
const denied = { component: 'ak-stage-access-denied', error_message: 'Invalid invite/invite not found' };

/** Slug and key of an enrollment flow with an invitation stage and a user name. */
async function signUp(): Promise<{ slug: string; pk: string }> {
  const stages = [
    await createInvitationStage(app.api),
    await createPromptStage(app.api, [{ field_key: 'username' }, { field_key: 'email', required: false }]),
    await createStage(app.api, 'user_write'),
  ];
  const keys = stages.map(({ pk }) => pk);
  return (await createFlowWith(app.api, keys, { designation: 'enrollment' })).flow;
}

/** Slug of a flow with an invitation stage that writes no user. */
async function gate(settings: { continue_flow_without_invitation?: boolean } = {}): Promise<string> {
  const invitation = await createInvitationStage(app.api, settings);
  const dummy = await createDummyStage(app.api);
  return (await createFlowWith(app.api, [invitation.pk, dummy.pk])).flow.slug;
}

async function invite(fields: Partial<InvitationRequestDto> = {}): Promise<string> {
  return (await createInvitation(app.api, fields)).pk;
}

/** A browser that has opened the link of an invitation, at the form. */
async function opened(slug: string, query: string): Promise<Visitor> {
  const visitor = new Visitor(app.url);
  expect(await visitor.see(slug, query)).toMatchObject({ component: 'ak-stage-prompt' });
  return visitor;
}

async function isThere(pk: string): Promise<boolean> {
  return (await app.api.get(`/stages/invitation/invitations/${pk}/`)).status === 200;
}

describe('An invitation stage', () => {
  it('is passed with an invitation in the query, as itoken or token', async () => {
    const slug = await gate();
    for (const query of [`itoken=${await invite()}`, `token=${await invite()}`, `itoken=${await invite()}&token=x`]) {
      expect(await new Visitor(app.url).see(slug, query)).toMatchObject({ component: 'ak-stage-dummy' });
    }
  });

  it('is passed with an invitation in a prompt', async () => {
    const form = await createPromptStage(app.api, [{ field_key: 'token' }]);
    const stage = await createInvitationStage(app.api);
    const dummy = await createDummyStage(app.api);
    const { flow } = await createFlowWith(app.api, [form.pk, stage.pk, dummy.pk]);
    const token = (await invite()).toUpperCase();
    expect(await new Visitor(app.url).answer(flow.slug, { token })).toMatchObject({ component: 'ak-stage-dummy' });
    expect(await new Visitor(app.url).answer(flow.slug, { token: randomUUID() })).toMatchObject(denied);
  });

  it('denies access without a valid invitation, unless it is configured to continue', async () => {
    const [closed, open] = [await gate(), await gate({ continue_flow_without_invitation: true })];
    const elsewhere = await createFlow(app.api);
    const invalid = [
      '',
      'itoken=',
      'itoken=x',
      `itoken=${randomUUID()}`,
      `itoken=${await invite({ expires: new Date(Date.now() - 1000) })}`,
      `itoken=${await invite({ flow: elsewhere.pk })}`,
      `itoken=x&token=${await invite()}`,
      'itoken=%00',
    ];
    for (const query of invalid) {
      expect(await new Visitor(app.url).see(closed, query), query).toMatchObject(denied);
      expect(await new Visitor(app.url).see(open, query), query).toMatchObject({ component: 'ak-stage-dummy' });
    }
  });

  it('prefers the data of the invitation to earlier data', async () => {
    const first = await createPromptStage(app.api, [{ field_key: 'username' }]);
    const stage = await createInvitationStage(app.api);
    const second = await createPromptStage(app.api, [
      { field_key: 'username' },
      { field_key: 'email', type: 'text_read_only' },
    ]);
    const write = await createStage(app.api, 'user_write');
    const { flow } = await createFlowWith(app.api, [first.pk, stage.pk, second.pk, write.pk]);
    const username = randomUUID();
    const fixed_data = {
      username,
      email: 'fixed@example.org',
      attributes: { team: { name: 'blue' } },
      is_active: false,
    };
    const query = `itoken=${await invite({ fixed_data })}`;
    const visitor = new Visitor(app.url);
    const form = await visitor.answer(flow.slug, { username: 'typed' }, query);
    expect(form.fields).toMatchObject([{ initial_value: username }, { initial_value: 'fixed@example.org' }]);
    expect(await visitor.answer(flow.slug, { email: 'forged@example.org' }, query)).toEqual(end);
    const { body } = await app.api.get(`/core/users/?username=${username}`);
    expect(body.results).toMatchObject([
      { email: 'fixed@example.org', attributes: { team: { name: 'blue' } }, is_active: true },
    ]);
  });
});

describe('A single-use invitation', () => {
  it('is not used up by GET and HEAD requests', async () => {
    const { slug } = await signUp();
    const pk = await invite({ single_use: true });
    const query = `itoken=${pk}`;
    for (const visitor of [1, 2, 3].map(() => new Visitor(app.url))) {
      for (const _ of [1, 2]) expect(await visitor.see(slug, query)).toMatchObject({ component: 'ak-stage-prompt' });
      await visitor.request('HEAD', `/flows/executor/${slug}/?query=${encodeURIComponent(query)}`);
    }
    expect(await isThere(pk)).toBe(true);
  });

  it('is used up when the user is written, and is then denied', async () => {
    const { slug } = await signUp();
    const pk = await invite({ single_use: true, name: 'for-one' });
    const [first, second] = [await opened(slug, `itoken=${pk}`), await opened(slug, `itoken=${pk}`)];
    const username = randomUUID();
    expect(await first.answer(slug, { username }, `itoken=${pk}`)).toEqual(end);
    expect(await isThere(pk)).toBe(false);
    const late = randomUUID();
    expect(await second.answer(slug, { username: late }, `itoken=${pk}`)).toMatchObject(denied);
    expect((await app.api.get(`/core/users/?username=${late}`)).body.results).toEqual([]);
    expect(await new Visitor(app.url).see(slug, `itoken=${pk}`)).toMatchObject(denied);
    const { body } = await app.api.get('/events/events/?action=invitation_used');
    const events = body.results.filter(({ context }: { context: any }) => context.invitation === 'for-one');
    expect(events).toMatchObject([{ context: { invitation: 'for-one', flow: slug }, client_ip: '127.0.0.1' }]);
    expect(JSON.stringify(body)).not.toContain(pk);
  });

  it('creates one user in concurrent uses', async () => {
    const { slug } = await signUp();
    const query = `itoken=${await invite({ single_use: true })}`;
    const visitors = await Promise.all(Array.from({ length: 12 }, () => opened(slug, query)));
    const prefix = randomUUID().slice(0, 8);
    const answers = await Promise.all(
      visitors.map((visitor, n) => visitor.answer(slug, { username: `${prefix}-${n}` }, query)),
    );
    const passed = answers.filter(({ component }) => component === 'xak-flow-redirect');
    expect([passed.length, answers.length]).toEqual([1, 12]);
    for (const answer of answers) if (!passed.includes(answer)) expect(answer).toMatchObject(denied);
    expect((await app.api.get(`/core/users/?search=${prefix}`)).body.pagination.count).toBe(1);
  });

  it('is not used up by a failed run', async () => {
    const { slug } = await signUp();
    const pk = await invite({ single_use: true });
    const username = randomUUID();
    await (await opened(slug, `itoken=${await invite()}`)).answer(slug, { username });
    expect(await (await opened(slug, `itoken=${pk}`)).answer(slug, { username })).toMatchObject({
      error_message: 'Failed to update user. Please try again later.',
    });
    expect(await isThere(pk)).toBe(true);
  });

  it('is used up at once in a flow without a user write stage', async () => {
    const slug = await gate();
    const query = `itoken=${await invite({ single_use: true })}`;
    const visitor = new Visitor(app.url);
    expect(await visitor.see(slug, query)).toMatchObject({ component: 'ak-stage-dummy' });
    expect(await visitor.answer(slug, {}, query)).toEqual(end);
    expect(await new Visitor(app.url).see(slug, query)).toMatchObject(denied);
  });
});

describe('An invitation', () => {
  it('is denied if it is deleted, expires or moves to another flow during a run', async () => {
    const { slug } = await signUp();
    const takenBack = await invite();
    const expired = await invite();
    const moved = await invite();
    const elsewhere = await createFlow(app.api);
    const visitors = new Map<string, Visitor>();
    for (const pk of [takenBack, expired, moved]) {
      visitors.set(pk, await opened(slug, `itoken=${pk}`));
    }
    const path = '/stages/invitation/invitations/';
    await app.api.delete(`${path}${takenBack}/`);
    await app.api.patch(`${path}${expired}/`, { expires: new Date(Date.now() - 1000) });
    await app.api.patch(`${path}${moved}/`, { flow: elsewhere.pk });
    for (const [pk, visitor] of visitors) {
      expect(await visitor.answer(slug, { username: randomUUID() }, `itoken=${pk}`)).toMatchObject(denied);
    }
  });

  it('for its flow and for many uses can be used repeatedly', async () => {
    const { slug, pk: flow } = await signUp();
    const pk = await invite({ flow, expires: new Date(Date.now() + 60_000) });
    for (const _ of [1, 2]) {
      expect(await (await opened(slug, `itoken=${pk}`)).answer(slug, { username: randomUUID() })).toEqual(end);
    }
    expect(await isThere(pk)).toBe(true);
  });
});
