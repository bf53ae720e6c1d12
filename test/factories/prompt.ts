import { randomUUID } from 'node:crypto';

import type { PromptStageDto, PromptStageRequestDto } from '../../src/stages/prompt/dto/prompt-stage.dto.js';
import type { PromptDto, PromptRequestDto } from '../../src/stages/prompt/dto/prompt.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** The fields of a sign-up in one form. */
export const signUpPrompts = [
  { field_key: 'username', label: 'Username', type: 'username' },
  { field_key: 'email', label: 'Email', type: 'email' },
  { field_key: 'password', label: 'Password', type: 'password' },
] as const satisfies readonly Partial<PromptRequestDto>[];

/** Creates a prompt over the API, with a unique name. */
export function createPrompt(api: ApiClient, fields: Partial<PromptRequestDto> = {}): Promise<PromptDto> {
  const needed = { name: `prompt-${randomUUID()}`, field_key: 'name', label: 'Name', type: 'text' };
  return created(api.post('/stages/prompt/prompts/', { ...needed, ...fields }));
}

/** Creates a prompt stage over the API, with these form fields in order. */
export async function createPromptStage(
  api: ApiClient,
  prompts: readonly Partial<PromptRequestDto>[],
  fields: Partial<PromptStageRequestDto> = {},
): Promise<PromptStageDto> {
  const keys: string[] = [];
  for (const [order, prompt] of prompts.entries()) keys.push((await createPrompt(api, { order, ...prompt })).pk);
  return created(api.post('/stages/prompt/stages/', { name: `form-${randomUUID()}`, fields: keys, ...fields }));
}
