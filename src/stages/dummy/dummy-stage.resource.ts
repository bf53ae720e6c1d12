import { Resource } from '../../rest/resource.js';
import { DummyStageDto } from './dto/dummy-stage.dto.js';
import { DummyStage } from './dummy-stage.entity.js';

/** The routes below `/stages/dummy/`. */
export const dummyStages = new Resource({
  operations: 'stages_dummy',
  model: 'authentik_stages_dummy.dummystage',
  noun: 'dummy stage',
  answer: DummyStageDto,
  cached: true,
  lookup: {
    entity: () => DummyStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the dummy stage.',
  },
});
