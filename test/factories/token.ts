import { randomUUID } from 'node:crypto';

import type { TokenDto, TokenRequestDto } from '../../src/core/tokens/dto/token.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Creates a token over the API, with a unique identifier. */
export function createToken(api: ApiClient, fields: Partial<TokenRequestDto> = {}): Promise<TokenDto> {
  return created(api.post('/core/tokens/', { identifier: `token-${randomUUID()}`, ...fields }));
}

/** Returns the key of a token. */
export async function keyOf(api: ApiClient, identifier: string): Promise<string> {
  const { status, body } = await api.get<{ key: string }>(`/core/tokens/${identifier}/view_key/`);
  if (status !== 200) throw new Error(`reading the key failed: ${status}`);
  return body.key;
}
