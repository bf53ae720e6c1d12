import { randomUUID } from 'node:crypto';

import type { UserDto, UserRequestDto } from '../../src/core/users/dto/user.dto.js';
import type { FlowStageBindingRequestDto } from '../../src/flows/dto/flow-stage-binding.dto.js';
import type { FlowRequestDto } from '../../src/flows/dto/flow.dto.js';
import type { EmailStageRequestDto } from '../../src/stages/email/dto/email-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { createDummyStage } from './dummy-stage.js';
import { createEmailStage } from './email-stage.js';
import { createFlowWith } from './flow-with.js';
import { createStage } from './stage.js';
import { createUser } from './user.js';

/** A flow with an identification stage, an email stage and a dummy stage. */
export interface ProofFlow {
  readonly pk: string;
  readonly slug: string;
  /** The email stage. */
  readonly stage: string;
  /** Binding of the email stage. */
  readonly binding: string;
  /** Name of the dummy stage behind it. */
  readonly behind: string;
}

export interface ProofFlowFields {
  readonly flow?: Partial<FlowRequestDto>;
  readonly email?: Partial<EmailStageRequestDto>;
  readonly binding?: Partial<FlowStageBindingRequestDto>;
}

/** Creates a proof flow over the API. @param port of the SMTP server that its stage uses */
export async function createProofFlow(
  api: ApiClient,
  port: number,
  { flow: fields = {}, email = {}, binding = {} }: ProofFlowFields = {},
): Promise<ProofFlow> {
  const { pk: identification } = await createStage(api, 'identification');
  const { pk: stage } = await createEmailStage(api, { host: '127.0.0.1', port, recovery_max_attempts: 1000, ...email });
  const { pk: dummy, name: behind } = await createDummyStage(api);
  const { flow, bindings } = await createFlowWith(api, [identification, { stage, ...binding }, dummy], fields);
  return { pk: flow.pk, slug: flow.slug, stage, binding: bindings[1]!.pk, behind };
}

/** Creates a user with a unique address. */
export function createReader(api: ApiClient, fields: Partial<UserRequestDto> = {}): Promise<UserDto> {
  const username = `reader-${randomUUID()}`;
  return createUser(api, { username, name: 'Rita Reader', email: `${username}@example.org`, ...fields });
}
