import type { StoredStageKind } from '../../flows/stage-store.js';
import { type DummyStageDto, DummyStageRequestDto, PatchedDummyStageRequestDto } from './dto/dummy-stage.dto.js';
import { DummyStage } from './dummy-stage.entity.js';
import { dummyStageColumns, dummyStageFields } from './dummy-stage.mapper.js';

export const dummyStageKind: StoredStageKind<DummyStage, DummyStageDto> = {
  kind: 'dummy',
  model: 'authentik_stages_dummy.dummystage',
  component: 'ak-stage-dummy-form',
  verboseName: 'Dummy Stage',
  verboseNamePlural: 'Dummy Stages',
  description: 'Shows its name and goes on with any answer, to try out a flow.',
  entity: DummyStage,
  request: DummyStageRequestDto,
  patch: PatchedDummyStageRequestDto,
  columns: dummyStageColumns,
  own: dummyStageFields,
};
