// Type-checked against the types of each generator, and run: see test/contract/generated-clients.spec.ts.
import type { ChallengeTypes, FlowChallengeResponseRequest } from './client.js';

/** Asks the executor: without an answer for the challenge, with one for the next. */
export type Ask = (answer?: FlowChallengeResponseRequest) => Promise<ChallengeTypes>;

export interface Visitor {
  readonly address: string;
  readonly newPassword: string;
  readCode(): Promise<string>;
}

/** Walks a recovery flow. Returns the components of the challenges, and the address that it ends at. */
export async function recover(ask: Ask, visitor: Visitor): Promise<string[]> {
  const seen: string[] = [];
  let challenge = await ask();
  while (challenge.component !== 'xak-flow-redirect') {
    seen.push(challenge.component);
    challenge = await ask(await answerTo(challenge, visitor));
  }
  return [...seen, challenge.component, challenge.to];
}

async function answerTo(challenge: ChallengeTypes, visitor: Visitor): Promise<FlowChallengeResponseRequest> {
  switch (challenge.component) {
    case 'ak-stage-identification':
      challenge.user_fields satisfies string[] | null;
      return { component: 'ak-stage-identification', uid_field: visitor.address };
    case 'ak-stage-email':
      challenge.code_minutes satisfies number | undefined;
      return { component: 'ak-stage-email', code: await visitor.readCode() };
    case 'ak-stage-prompt': {
      const values = challenge.fields.map(({ field_key }) => [field_key, visitor.newPassword]);
      return { component: 'ak-stage-prompt', ...(Object.fromEntries(values) as Record<string, string>) };
    }
    case 'ak-stage-access-denied':
      throw new Error(`${challenge.error_message ?? ''} for ${challenge.pending_user}`);
    case 'ak-stage-flow-error':
      throw new Error(challenge.request_id);
    default:
      // @ts-expect-error `fields` is a property of one member of the union, which this cannot be.
      throw new Error(`not part of a recovery: ${challenge.component}${String(challenge.fields)}`);
  }
}

// @ts-expect-error The union of answers has no such member.
export const unknownAnswer: FlowChallengeResponseRequest = { component: 'ak-stage-emial' };
// @ts-expect-error An answer to this stage names the visitor.
export const incompleteAnswer: FlowChallengeResponseRequest = { component: 'ak-stage-identification' };
