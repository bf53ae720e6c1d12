import type { SchemaUnion } from '../rest/openapi/document.js';
import {
  AccessDeniedChallengeDto,
  FlowErrorChallengeDto,
  RedirectChallengeDto,
  ShellChallengeDto,
} from './dto/base-challenges.dto.js';
import type { StageExecutors } from './stage-executors.js';

/** References to the unions of all challenges and of all responses. */
export const challengeReference = { $ref: '#/components/schemas/ChallengeTypes' };
export const responseReference = { $ref: '#/components/schemas/FlowChallengeResponseRequest' };

/** Challenges of the executor itself. */
const base = [AccessDeniedChallengeDto, FlowErrorChallengeDto, RedirectChallengeDto, ShellChallengeDto];

/** Returns the unions of all challenges and responses, for the OpenAPI document. */
export function challengeUnions(executors: StageExecutors): SchemaUnion[] {
  const stages = executors.all();
  return [
    { name: 'ChallengeTypes', property: 'component', members: [...base, ...stages.flatMap((s) => s.challenge ?? [])] },
    {
      name: 'FlowChallengeResponseRequest',
      property: 'component',
      members: stages.flatMap((stage) => stage.response ?? []),
    },
  ];
}
