import { randomUUID } from 'node:crypto';

import type { StageDto, StageRequestDto } from '../../src/flows/dto/stage.dto.js';
import type { ConsentStageDto, ConsentStageRequestDto } from '../../src/stages/consent/dto/consent-stage.dto.js';
import type { DenyStageDto, DenyStageRequestDto } from '../../src/stages/deny/dto/deny-stage.dto.js';
import type {
  IdentificationStageDto,
  IdentificationStageRequestDto,
} from '../../src/stages/identification/dto/identification-stage.dto.js';
import type { PasswordStageDto, PasswordStageRequestDto } from '../../src/stages/password/dto/password-stage.dto.js';
import type { RedirectStageDto, RedirectStageRequestDto } from '../../src/stages/redirect/dto/redirect-stage.dto.js';
import type {
  UserLoginStageDto,
  UserLoginStageRequestDto,
} from '../../src/stages/user-login/dto/user-login-stage.dto.js';
import type {
  UserWriteStageDto,
  UserWriteStageRequestDto,
} from '../../src/stages/user-write/dto/user-write-stage.dto.js';
import type { ApiClient } from '../support/api-client.js';
import { created } from './created.js';

/** What each kind of stage cannot do without, but for the name. */
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
  consent: [ConsentStageRequestDto, ConsentStageDto];
  deny: [DenyStageRequestDto, DenyStageDto];
  identification: [IdentificationStageRequestDto, IdentificationStageDto];
  password: [PasswordStageRequestDto, PasswordStageDto];
  redirect: [RedirectStageRequestDto, RedirectStageDto];
  user_delete: [StageRequestDto, StageDto];
  user_login: [UserLoginStageRequestDto, UserLoginStageDto];
  user_logout: [StageRequestDto, StageDto];
  user_write: [UserWriteStageRequestDto, UserWriteStageDto];
}

/** Creates a stage over the API: with what its kind needs, the defaults, and a name of its own. */
export function createStage<K extends keyof Kinds>(
  api: ApiClient,
  kind: K,
  fields: Partial<Kinds[K][0]> = {},
): Promise<Kinds[K][1] & StageDto> {
  return created(api.post(`/stages/${kind}/`, { name: `${kind}-${randomUUID()}`, ...needed[kind], ...fields }));
}
