import { randomUUID } from 'node:crypto';

import type { StageDto, StageRequestDto } from '../../src/flows/dto/stage.dto.js';
import type { ConsentStageFields } from '../../src/stages/consent/dto/consent-stage.dto.js';
import type { DenyStageFields } from '../../src/stages/deny/dto/deny-stage.dto.js';
import type { IdentificationStageFields } from '../../src/stages/identification/dto/identification-stage.dto.js';
import type { PasswordStageFields } from '../../src/stages/password/dto/password-stage.dto.js';
import type { RedirectStageFields } from '../../src/stages/redirect/dto/redirect-stage.dto.js';
import type { UserLoginStageFields } from '../../src/stages/user-login/dto/user-login-stage.dto.js';
import type { UserWriteStageFields } from '../../src/stages/user-write/dto/user-write-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** Required fields of each kind of stage, except the name. */
const needed = {
  consent: {},
  deny: {},
  identification: { user_fields: ['username', 'email'] },
  password: { backends: ['authentik.core.auth.InbuiltBackend'] },
  redirect: { mode: 'static', target_static: '/' },
  user_delete: {},
  user_login: {},
  user_logout: {},
  user_write: {},
} as const;

interface Kinds {
  consent: [ConsentStageFields, ConsentStageFields];
  deny: [DenyStageFields, DenyStageFields];
  identification: [IdentificationStageFields, IdentificationStageFields];
  password: [PasswordStageFields, PasswordStageFields];
  redirect: [RedirectStageFields, RedirectStageFields];
  user_delete: [StageRequestDto, StageDto];
  user_login: [UserLoginStageFields, UserLoginStageFields];
  user_logout: [StageRequestDto, StageDto];
  user_write: [UserWriteStageFields, UserWriteStageFields];
}

/** Creates a stage over the API, with the required fields of its kind and a unique name. */
export function createStage<K extends keyof Kinds>(
  api: ApiClient,
  kind: K,
  fields: Partial<Kinds[K][0]> = {},
): Promise<Kinds[K][1] & StageDto> {
  return created(api.post(`/stages/${kind}/`, { name: `${kind}-${randomUUID()}`, ...needed[kind], ...fields }));
}
