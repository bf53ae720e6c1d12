import { TextFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { hasTarget, RedirectStageFields } from './dto/redirect-stage.dto.js';
import { RedirectStage } from './redirect-stage.entity.js';
import { RedirectStageExecutor } from './redirect-stage.executor.js';

/** The redirect stage. */
export const redirectStage = defineStage({
  kind: 'redirect',
  description: 'Redirects to a page or to another flow.',
  entity: RedirectStage,
  ...stageTypes('redirect', RedirectStageFields, hasTarget),
  filters: { name: TextFilter({ on: 'stage.name' }) },
  columns: { mode: 'stage.redirectMode' },
  executor: RedirectStageExecutor,
});
