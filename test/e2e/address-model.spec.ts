import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createEmailStage } from '../factories/email-stage.js';
import { createFlowWith } from '../factories/flow-with.js';
import { createInvitationStage } from '../factories/invitation.js';
import { createPromptStage } from '../factories/prompt.js';
import { createStage } from '../factories/stage.js';
import { type AddressWorld, checkAddressHistory } from '../support/address-model.js';
import { addressExamples, addressHistories, expectedOutcomes } from '../support/address-steps.js';
import { runs } from '../support/runs.js';
import { startTestApp } from '../support/test-app.js';

/** How many histories run at the same time: 10 random ones beside the examples, 10,000 in a sweep. */
const lanes = { minLength: 10, maxLength: 10 };

let world: AddressWorld;

beforeAll(async () => {
  // Without a worker, and without passwords: the histories neither wait for mails nor hash.
  const app = await startTestApp({
    ROLE: 'api',
    VERIFICATION_CALLER_LIMIT: '1000000',
    INVITATIONS_PER_USER: '1000000',
  });
  const { api } = app;
  const email = (activates: boolean): ReturnType<typeof createEmailStage> =>
    createEmailStage(api, {
      ...{ host: '127.0.0.1', port: 1, recovery_max_attempts: 1000 },
      activate_user_on_success: activates,
    });
  const write = (mode: 'always_create' | 'never_create'): ReturnType<typeof createStage> =>
    createStage(api, 'user_write', { user_creation_mode: mode, create_users_as_inactive: true });
  const address = { field_key: 'email', label: 'Email', type: 'email' } as const;
  const flowOf = async (designation: string, stages: { pk: string }[]): Promise<AddressWorld['enrollment']> => {
    const keys = [...stages, await createStage(api, 'user_login')].map(({ pk }) => pk);
    return (await createFlowWith(api, keys, { designation: designation as 'recovery' })).flow;
  };
  world = {
    app,
    enrollment: await flowOf('enrollment', [
      await createInvitationStage(api, { continue_flow_without_invitation: true }),
      await createPromptStage(api, [{ field_key: 'username', label: 'Username', type: 'username' }, address]),
      await write('always_create'),
      await email(true),
    ]),
    recovery: await flowOf('recovery', [await createStage(api, 'identification'), await email(true)]),
    change: await flowOf('stage_configuration', [
      await createPromptStage(api, [address]),
      await email(false),
      await write('never_create'),
    ]),
  };
});
afterAll(() => world.app.stop());

describe('Random steps of visitors, users and administrators', () => {
  it('verify no address without a confirmed mail to it, and activate no sign-up without that', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(addressHistories, lanes), async (histories) => {
        // The limits of callers and recipients are not the subject.
        await world.app.dataSource.query('delete from "request_limit"');
        for (const each of await Promise.all(histories.map((history) => checkAddressHistory(world, history)))) {
          for (const outcome of each) outcomes.add(outcome);
        }
      }),
      {
        examples: [[addressExamples.map((example) => [...example])]],
        numRuns: runs(2, 1001),
        endOnFailure: true,
      },
    );
    expect([...outcomes].sort()).toEqual(expect.arrayContaining(expectedOutcomes));
  });
});
