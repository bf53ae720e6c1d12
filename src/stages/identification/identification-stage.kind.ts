import type { StoredStageKind } from '../../flows/stage-store.js';
import {
  type IdentificationStageDto,
  IdentificationStageRequestDto,
  PatchedIdentificationStageRequestDto,
} from './dto/identification-stage.dto.js';
import { IdentificationStage } from './identification-stage.entity.js';
import { identificationStageColumns, identificationStageFields } from './identification-stage.mapper.js';

export const identificationStageKind: StoredStageKind<IdentificationStage, IdentificationStageDto> = {
  kind: 'identification',
  model: 'authentik_stages_identification.identificationstage',
  component: 'ak-stage-identification-form',
  verboseName: 'Identification Stage',
  verboseNamePlural: 'Identification Stages',
  description: 'Asks who somebody is, and may ask for their password in the same step.',
  entity: IdentificationStage,
  request: IdentificationStageRequestDto,
  patch: PatchedIdentificationStageRequestDto,
  columns: identificationStageColumns,
  own: identificationStageFields,
};
