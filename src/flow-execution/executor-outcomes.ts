import { backgroundUrl } from '../flows/flow.mapper.js';
import { message, type MessageOrText } from '../rest/messages/messages.js';
import type { ExecutorOutcome, FlowInfo, FullChallenge, ResponseErrors } from './executor-outcome.js';
import type { FlowRun } from './flow-run.js';
import { flowTitle } from './flow-title.js';
import { readPendingUser, userInfo, type UserInfo } from './pending-user.js';
import type { PlanContext } from './plan.js';
import type { Challenge } from './stage-executor.js';

/**
 * Returns a stage's challenge with flow data, errors and messages, in authentik's order of fields.
 *
 * @param takesMessages false: messages wait for the next challenge
 */
export async function challengeOutcome(
  run: FlowRun,
  context: PlanContext,
  { component, ...fields }: Challenge,
  errors?: ResponseErrors,
  takesMessages = true,
): Promise<ExecutorOutcome> {
  const { pending_user } = await infoOf(run, context);
  const challenge: FullChallenge = {
    flow_info: flowInfo(run, pending_user),
    component,
    ...(errors !== undefined && { response_errors: errors }),
    ...fields,
  };
  return { kind: 'challenge', challenge: takesMessages ? withMessages(run, challenge) : challenge };
}

/** Returns the challenge of a waiting tab whose link was confirmed in another one, and leaves that one its messages. */
export function confirmedOutcome(run: FlowRun): Promise<ExecutorOutcome> {
  return challengeOutcome(run, {}, { component: 'ak-stage-email', confirmed: true }, undefined, false);
}

/** Returns the challenge that denies access and ends the run. */
export async function deniedOutcome(
  run: FlowRun,
  context: PlanContext,
  reason: MessageOrText = message('runBroken'),
): Promise<ExecutorOutcome> {
  const info = await infoOf(run, context);
  return challengeOutcome(run, context, { component: 'ak-stage-access-denied', ...info, error_message: reason });
}

/** Returns the challenge that redirects the visitor. */
export function redirectOutcome(run: FlowRun, to: string): ExecutorOutcome {
  return { kind: 'challenge', challenge: withMessages(run, { component: 'xak-flow-redirect', to }) };
}

async function infoOf({ manager, visitor }: FlowRun, context: PlanContext): Promise<UserInfo> {
  return userInfo(context, await readPendingUser(manager, context), visitor);
}

function flowInfo({ flow }: FlowRun, user: string): FlowInfo {
  return {
    title: flowTitle(flow.title, { app: '', user }),
    background: backgroundUrl(flow.background),
    cancel_url: '/flows/-/cancel/',
    layout: flow.layout,
  };
}

function withMessages({ state }: FlowRun, challenge: FullChallenge): FullChallenge {
  const messages = state.messages.splice(0);
  return messages.length === 0 ? challenge : { ...challenge, messages };
}
