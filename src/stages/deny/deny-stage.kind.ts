import type { StoredStageKind } from '../../flows/stage-store.js';
import { DenyStage } from './deny-stage.entity.js';
import { denyStageColumns, denyStageFields } from './deny-stage.mapper.js';
import { type DenyStageDto, DenyStageRequestDto, PatchedDenyStageRequestDto } from './dto/deny-stage.dto.js';

export const denyStageKind: StoredStageKind<DenyStage, DenyStageDto> = {
  kind: 'deny',
  model: 'authentik_stages_deny.denystage',
  component: 'ak-stage-deny-form',
  verboseName: 'Deny Stage',
  verboseNamePlural: 'Deny Stages',
  description: 'Refuses whoever gets to it, and tells them why.',
  entity: DenyStage,
  request: DenyStageRequestDto,
  patch: PatchedDenyStageRequestDto,
  columns: denyStageColumns,
  own: denyStageFields,
};
