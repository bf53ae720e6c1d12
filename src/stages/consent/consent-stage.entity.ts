import { Check, Column } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

export const consentModes = ['always_require', 'permanent', 'expiring'] as const;
export type ConsentMode = (typeof consentModes)[number];

/** Passes when the visitor agrees. */
@StageKindEntity('consent')
@Check('ck_stage_mode', oneOf('mode', consentModes))
export class ConsentStage extends Stage {
  /** How long consent is valid: for this run, permanently, or for `consentExpireIn`. */
  @Column({ type: 'text' })
  mode: ConsentMode = 'always_require';

  /** A duration, such as `weeks=4`. */
  @Column({ type: 'text' })
  consentExpireIn = 'weeks=4';
}
