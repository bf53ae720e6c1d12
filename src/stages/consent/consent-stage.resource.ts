import { Resource } from '../../rest/resource.js';
import { ConsentStage } from './consent-stage.entity.js';
import { ConsentStageDto } from './dto/consent-stage.dto.js';

/** The routes below `/stages/consent/`. */
export const consentStages = new Resource({
  operations: 'stages_consent',
  model: 'authentik_stages_consent.consentstage',
  noun: 'consent stage',
  answer: ConsentStageDto,
  cached: true,
  lookup: {
    entity: () => ConsentStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the consent stage.',
  },
});
