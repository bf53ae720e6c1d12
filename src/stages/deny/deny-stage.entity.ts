import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Denies access and ends the run. */
@StageKindEntity('deny')
export class DenyStage extends Stage {
  /** Empty: the default message is shown. */
  @Column({ type: 'text' })
  denyMessage = '';
}
