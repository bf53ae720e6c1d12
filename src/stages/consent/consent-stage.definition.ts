import { ChoiceFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { ConsentStage, consentModes } from './consent-stage.entity.js';
import { ConsentStageExecutor } from './consent-stage.executor.js';
import { Consents } from './consents.js';
import { ConsentStageFields } from './dto/consent-stage.dto.js';

/** The consent stage. */
export const consentStage = defineStage({
  kind: 'consent',
  description: 'Asks for consent, and continues when the visitor agrees.',
  entity: ConsentStage,
  ...stageTypes('consent', ConsentStageFields),
  filters: {
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    name: TextFilter({ on: 'stage.name' }),
    mode: ChoiceFilter(consentModes, { on: 'stage.mode' }),
    consent_expire_in: TextFilter({ on: 'stage.consentExpireIn' }),
  },
  executor: ConsentStageExecutor,
  providers: [Consents],
});
