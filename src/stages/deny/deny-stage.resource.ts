import { Resource } from '../../rest/resource.js';
import { DenyStage } from './deny-stage.entity.js';
import { DenyStageDto } from './dto/deny-stage.dto.js';

/** The routes below `/stages/deny/`. */
export const denyStages = new Resource({
  operations: 'stages_deny',
  model: 'authentik_stages_deny.denystage',
  noun: 'deny stage',
  answer: DenyStageDto,
  cached: true,
  lookup: {
    entity: () => DenyStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the deny stage.',
  },
});
