import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Passes with any answer; a flow is tried out with it. */
@StageKindEntity('dummy')
export class DummyStage extends Stage {
  /** Fails when it is reached. */
  @Column({ type: 'boolean' })
  throwError = false;
}
