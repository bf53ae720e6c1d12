import { TextFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { PatchedRedirectStageRequestDto, RedirectStageDto, RedirectStageRequestDto } from './dto/redirect-stage.dto.js';
import { RedirectStage } from './redirect-stage.entity.js';
import { RedirectStageExecutor } from './redirect-stage.executor.js';

/** The redirect stage. */
export const redirectStage = defineStage({
  kind: 'redirect',
  description: 'Redirects to a page or to another flow.',
  entity: RedirectStage,
  answer: RedirectStageDto,
  request: RedirectStageRequestDto,
  patch: PatchedRedirectStageRequestDto,
  filters: { name: TextFilter({ on: 'stage.name' }) },
  columns: { mode: 'stage.redirectMode' },
  executor: RedirectStageExecutor,
});
