import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Passes with any response, to try out a flow. */
@StageKindEntity('dummy')
export class DummyStage extends Stage {
  /** Whether the stage fails with an error. */
  @Column({ type: 'boolean' })
  throwError = false;
}
