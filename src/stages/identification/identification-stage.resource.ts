import { Resource } from '../../rest/resource.js';
import { IdentificationStageDto } from './dto/identification-stage.dto.js';
import { IdentificationStage } from './identification-stage.entity.js';

/** The routes below `/stages/identification/`. */
export const identificationStages = new Resource({
  operations: 'stages_identification',
  model: 'authentik_stages_identification.identificationstage',
  noun: 'identification stage',
  answer: IdentificationStageDto,
  cached: true,
  lookup: {
    entity: () => IdentificationStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the identification stage.',
  },
});
