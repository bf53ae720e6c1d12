import { Check, ChildEntity, Column } from 'typeorm';

import { Stage } from '../../flows/stage.entity.js';

/** Ends a run. */
@ChildEntity('deny')
@Check('ck_stage_deny', `"kind" <> 'deny' OR "deny_message" IS NOT NULL`)
export class DenyStage extends Stage {
  /** Empty: the visitor reads the usual text. */
  @Column({ type: 'text' })
  denyMessage = '';
}
