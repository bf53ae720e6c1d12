import { Check, ChildEntity, Column } from 'typeorm';

import { Stage } from '../../flows/stage.entity.js';

/** Passes with any answer; a flow is tried out with it. */
@ChildEntity('dummy')
@Check('ck_stage_dummy', `"kind" <> 'dummy' OR "throw_error" IS NOT NULL`)
export class DummyStage extends Stage {
  /** Fails when it is reached. */
  @Column({ type: 'boolean' })
  throwError = false;
}
