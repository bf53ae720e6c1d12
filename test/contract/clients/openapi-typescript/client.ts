import type { components } from './generated/index.js';

export type ChallengeTypes = components['schemas']['ChallengeTypes'];
export type FlowChallengeResponseRequest = components['schemas']['FlowChallengeResponseRequest'];
