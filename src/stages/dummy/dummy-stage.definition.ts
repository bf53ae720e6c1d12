import { BooleanFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { DummyStageFields } from './dto/dummy-stage.dto.js';
import { DummyStage } from './dummy-stage.entity.js';
import { DummyStageExecutor } from './dummy-stage.executor.js';

/** The dummy stage. */
export const dummyStage = defineStage({
  kind: 'dummy',
  description: 'Shows its name and continues with any response, to try out a flow.',
  entity: DummyStage,
  ...stageTypes('dummy', DummyStageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    throw_error: BooleanFilter({ on: 'stage.throwError' }),
  },
  executor: DummyStageExecutor,
});
