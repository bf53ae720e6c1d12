import type { StoredStageKind } from '../../flows/stage-store.js';
import { ConsentStage } from './consent-stage.entity.js';
import { consentStageColumns, consentStageFields } from './consent-stage.mapper.js';
import {
  type ConsentStageDto,
  ConsentStageRequestDto,
  PatchedConsentStageRequestDto,
} from './dto/consent-stage.dto.js';

export const consentStageKind: StoredStageKind<ConsentStage, ConsentStageDto> = {
  kind: 'consent',
  model: 'authentik_stages_consent.consentstage',
  component: 'ak-stage-consent-form',
  verboseName: 'Consent Stage',
  verboseNamePlural: 'Consent Stages',
  description: 'Asks whether the visitor agrees, and goes on when they do.',
  entity: ConsentStage,
  request: ConsentStageRequestDto,
  patch: PatchedConsentStageRequestDto,
  columns: consentStageColumns,
  own: consentStageFields,
};
