import { ChildEntity, Column } from 'typeorm';

import { Policy } from '../policy.entity.js';

/** Passes for events that have all the values which are not null. */
@ChildEntity('event_matcher')
export class EventMatcherPolicy extends Policy {
  @Column({ type: 'text', nullable: true })
  action: string | null = null;

  /** Such as `authentik.core`. */
  @Column({ type: 'text', nullable: true })
  app: string | null = null;

  /** Such as `authentik_core.user`. */
  @Column({ type: 'text', nullable: true })
  model: string | null = null;

  @Column({ type: 'text', nullable: true })
  clientIp: string | null = null;
}
