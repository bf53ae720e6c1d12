import { consentStage } from './consent/consent-stage.definition.js';
import type { StageDefinition } from './define-stage.js';
import { denyStage } from './deny/deny-stage.definition.js';
import { dummyStage } from './dummy/dummy-stage.definition.js';
import { emailStage } from './email/email-stage.definition.js';
import { identificationStage } from './identification/identification-stage.definition.js';
import { invitationStage } from './invitation/invitation-stage.definition.js';
import { passwordStage } from './password/password-stage.definition.js';
import { promptStage } from './prompt/prompt-stage.definition.js';
import { redirectStage } from './redirect/redirect-stage.definition.js';
import { userDeleteStage } from './user-delete/user-delete-stage.definition.js';
import { userLoginStage } from './user-login/user-login-stage.definition.js';
import { userLogoutStage } from './user-logout/user-logout-stage.definition.js';
import { userWriteStage } from './user-write/user-write-stage.definition.js';

/** All kinds of stages. Modules, entities and permissions are derived from this list. */
export const stageDefinitions = [
  consentStage,
  denyStage,
  dummyStage,
  emailStage,
  identificationStage,
  invitationStage,
  passwordStage,
  promptStage,
  redirectStage,
  userDeleteStage,
  userLoginStage,
  userLogoutStage,
  userWriteStage,
] as readonly StageDefinition[];
