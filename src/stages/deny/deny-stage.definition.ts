import { TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { DenyStage } from './deny-stage.entity.js';
import { DenyStageExecutor } from './deny-stage.executor.js';
import { DenyStageFields } from './dto/deny-stage.dto.js';

/** The deny stage. */
export const denyStage = defineStage({
  kind: 'deny',
  description: 'Denies access and shows a message.',
  entity: DenyStage,
  ...stageTypes('deny', DenyStageFields),
  filters: {
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    name: TextFilter({ on: 'stage.name' }),
    deny_message: TextFilter({ on: 'stage.denyMessage' }),
  },
  executor: DenyStageExecutor,
});
