import { randomUUID } from 'node:crypto';

import {
  CoreApi,
  type Flow,
  FlowsApi,
  type Invitation,
  type InvitationRequest,
  type InvitationStage,
  type InvitationStageRequest,
  StagesApi,
} from '@goauthentik/api';
import { beforeAll, expect, it } from 'vitest';

import { describeSdk, refusal } from './sdk.js';

describeSdk('/stages/invitation/', (sdk) => {
  const stages = (key?: string | null): StagesApi => new StagesApi(sdk().configuration(key));
  const flows = (): FlowsApi => new FlowsApi(sdk().configuration());
  const stage = (request: Partial<InvitationStageRequest> = {}): Promise<InvitationStage> =>
    stages().stagesInvitationStagesCreate({ invitationStageRequest: { name: `stage-${randomUUID()}`, ...request } });
  const invite = (request: Partial<InvitationRequest> = {}): Promise<Invitation> =>
    stages().stagesInvitationInvitationsCreate({ invitationRequest: { name: `invite-${randomUUID()}`, ...request } });
  let flow: Flow;
  let expires: Date;

  beforeAll(async () => {
    const flowRequest = { name: 'Sign up', slug: 'sign-up', title: 'Welcome', designation: 'enrollment' as const };
    flow = await flows().flowsInstancesCreate({ flowRequest });
    expires = new Date('2099-12-31T23:00:00Z');
  });

  it('creates an invitation with authentik’s defaults, made by the caller', async () => {
    const { user } = await new CoreApi(sdk().configuration()).coreUsersMeRetrieve();
    const invitation = await invite({ name: 'defaults' });
    expect(invitation).toEqual({
      pk: invitation.pk,
      name: 'defaults',
      expires: undefined,
      fixedData: {},
      createdBy: {
        pk: user.pk,
        username: user.username,
        name: user.name,
        isActive: true,
        lastLogin: invitation.createdBy.lastLogin,
        email: user.email,
        attributes: {},
        uid: user.uid,
      },
      singleUse: false,
      flow: undefined,
      flowObj: null,
    });
  });

  it('creates an invitation with every field', async () => {
    const fields = { expires, fixedData: { email: 'a@example.org', attributes: { team: 1 } }, singleUse: true };
    const invitation = await invite({ ...fields, flow: flow.pk });
    expect(invitation).toMatchObject({ ...fields, flow: flow.pk, flowObj: flow });
  });

  it('retrieves, replaces, changes and deletes an invitation', async () => {
    const invitation = await invite({ singleUse: true });
    const inviteUuid = invitation.pk;
    expect(await stages().stagesInvitationInvitationsRetrieve({ inviteUuid })).toEqual(invitation);
    const invitationRequest = { name: 'replaced' };
    const replaced = { ...invitation, name: 'replaced' };
    expect(await stages().stagesInvitationInvitationsUpdate({ inviteUuid, invitationRequest })).toEqual(replaced);
    const patchedInvitationRequest = { flow: flow.pk };
    expect(await stages().stagesInvitationInvitationsPartialUpdate({ inviteUuid, patchedInvitationRequest })).toEqual({
      ...replaced,
      flow: flow.pk,
      flowObj: flow,
    });
    expect(await stages().stagesInvitationInvitationsUsedByList({ inviteUuid })).toEqual([]);
    await stages().stagesInvitationInvitationsDestroy({ inviteUuid });
    expect((await refusal(stages().stagesInvitationInvitationsRetrieve({ inviteUuid }))).status).toBe(404);
  });

  it('filters invitations by every filter', async () => {
    const wanted = await invite({ name: 'wanted', expires: new Date('2098-01-01T00:00:00Z'), flow: flow.pk });
    const other = await invite();
    const filters = { name: 'wanted', expires: new Date('2098-01-01T00:00:00Z'), flowSlug: 'sign-up', search: '2098' };
    for (const [filter, value] of Object.entries(filters)) {
      const { results } = await stages().stagesInvitationInvitationsList({ [filter]: value });
      const pks = results.map(({ pk }) => pk);
      expect([filter, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([filter, true, false]);
    }
    const none = await stages().stagesInvitationInvitationsList({ createdByUsername: 'nobody' });
    expect(none.results).toEqual([]);
    const { results } = await stages().stagesInvitationInvitationsList({ ordering: '-name', pageSize: 1 });
    expect(results).toEqual([wanted]);
  });

  it('creates a stage with authentik’s defaults', async () => {
    const one = await stage({ name: 'defaults' });
    expect(one).toEqual({
      pk: one.pk,
      name: 'defaults',
      component: 'ak-stage-invitation-form',
      verboseName: 'Invitation Stage',
      verboseNamePlural: 'Invitation Stages',
      metaModelName: 'authentik_stages_invitation.invitationstage',
      flowSet: [],
      continueFlowWithoutInvitation: false,
    });
  });

  it('retrieves, replaces, changes and deletes a stage', async () => {
    const one = await stage({ continueFlowWithoutInvitation: true });
    const stageUuid = one.pk;
    expect(await stages().stagesInvitationStagesRetrieve({ stageUuid })).toEqual(one);
    const invitationStageRequest = { name: 'replaced' };
    const replaced = { ...one, name: 'replaced' };
    expect(await stages().stagesInvitationStagesUpdate({ stageUuid, invitationStageRequest })).toEqual(replaced);
    expect(await stages().stagesInvitationStagesPartialUpdate({ stageUuid })).toEqual(replaced);
    expect(await stages().stagesInvitationStagesUsedByList({ stageUuid })).toEqual([]);
    await stages().stagesInvitationStagesDestroy({ stageUuid });
    expect((await refusal(stages().stagesInvitationStagesRetrieve({ stageUuid }))).status).toBe(404);
  });

  it('filters stages by every filter', async () => {
    const wanted = await stage({ name: 'zz wanted', continueFlowWithoutInvitation: true });
    const other = await stage();
    const flowStageBindingRequest = { target: flow.pk, stage: wanted.pk, order: 0 };
    await flows().flowsBindingsCreate({ flowStageBindingRequest });
    const filters = {
      name: 'zz wanted',
      stageUuid: wanted.pk,
      continueFlowWithoutInvitation: true,
      noFlows: false,
      search: 'zz',
    };
    for (const [filter, value] of Object.entries(filters)) {
      const { results } = await stages().stagesInvitationStagesList({ [filter]: value });
      const pks = results.map(({ pk }) => pk);
      expect([filter, pks.includes(wanted.pk), pks.includes(other.pk)]).toEqual([filter, true, false]);
    }
    const without = await stages().stagesInvitationStagesList({ noFlows: true, ordering: '-name' });
    expect(without.results.map(({ pk }) => pk)).not.toContain(wanted.pk);
  });

  it('answers 403 without credentials', async () => {
    const nobody = { status: 403, body: { detail: 'Authentication credentials were not provided.' } };
    expect(await refusal(stages(null).stagesInvitationInvitationsList())).toEqual(nobody);
    expect(await refusal(stages(null).stagesInvitationStagesList())).toEqual(nobody);
  });
});
