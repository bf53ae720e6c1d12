import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Ends a run. */
@StageKindEntity('deny')
export class DenyStage extends Stage {
  /** Empty: the visitor reads the usual text. */
  @Column({ type: 'text' })
  denyMessage = '';
}
