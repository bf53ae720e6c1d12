import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Token } from '../../src/core/tokens/token.entity.js';
import { createActor } from '../factories/actor.js';
import { createToken } from '../factories/token.js';
import { createUser } from '../factories/user.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const limit = 3;
const invitations = '/stages/invitation/invitations/';
const permissions = ['authentik_stages_invitation.view_invitation', 'authentik_stages_invitation.add_invitation'];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ TOKENS_PER_USER: String(limit), INVITATIONS_PER_USER: String(limit) });
});
afterAll(() => app.stop());

function refusal(noun: string): object {
  const message = `A user can have at most ${limit} ${noun}. Delete one that is no longer needed.`;
  return { status: 400, body: { non_field_errors: [message] } };
}

/** Sends this many concurrent requests. @returns the responses, successful ones first */
async function atOnce(
  count: number,
  request: () => Promise<{ status: number; body: unknown }>,
): Promise<{ status: number; body: unknown }[]> {
  const answers = await Promise.all(Array.from({ length: count }, request));
  return answers.sort((a, b) => a.status - b.status);
}

describe('Tokens of one user', () => {
  it('are limited, also under concurrent requests', async () => {
    const { api } = await createActor(app);
    const answers = await atOnce(5, () => api.post('/core/tokens/', { identifier: randomUUID() }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 400, 400, 400]);
    expect(answers[4]).toMatchObject(refusal('tokens'));
    expect((await api.get('/core/tokens/')).body.results).toHaveLength(limit);
  });

  it('are limited even if a superuser creates them', async () => {
    const { pk: user } = await createUser(app.api);
    for (let made = 0; made < limit; made += 1) await createToken(app.api, { user });
    expect(await app.api.post('/core/tokens/', { identifier: randomUUID(), user })).toMatchObject(refusal('tokens'));
  });

  it('do not count after they were deleted or have expired', async () => {
    const { pk: user } = await createUser(app.api);
    const tokens = [];
    for (let made = 0; made < limit; made += 1) tokens.push(await createToken(app.api, { user }));
    await app.api.delete(`/core/tokens/${tokens[0]?.identifier}/`);
    await createToken(app.api, { user });
    await app.dataSource.manager.update(Token, { pk: tokens[1]?.pk }, { expires: new Date(Date.now() - 1000) });
    await createToken(app.api, { user });
    expect(await app.dataSource.manager.countBy(Token, { userId: user })).toBe(limit);
  });
});

describe('Invitations of one user', () => {
  it('are limited, also under concurrent requests', async () => {
    const { api } = await createActor(app, permissions);
    const answers = await atOnce(5, () => api.post(invitations, { name: 'many' }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 400, 400]);
    expect(answers[4]).toMatchObject(refusal('invitations'));
    expect((await api.get(invitations)).body.results).toHaveLength(limit);
  });
});
