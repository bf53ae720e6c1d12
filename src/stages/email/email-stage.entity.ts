import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Sends a mail, and passes when the address has been proved with what the mail holds. */
@StageKindEntity('email')
export class EmailStage extends Stage {
  @Column({ type: 'boolean' })
  useGlobalSettings = false;

  @Column({ type: 'text' })
  host = 'localhost';

  @Column({ type: 'integer' })
  port = 25;

  @Column({ type: 'text' })
  username = '';

  /** Sealed by the secret box; empty for none. */
  @Column({ type: 'text' })
  password = '';

  @Column({ type: 'boolean' })
  useTls = false;

  @Column({ type: 'boolean' })
  useSsl = false;

  /** Seconds. */
  @Column({ type: 'integer' })
  timeout = 10;

  @Column({ type: 'varchar', length: 254 })
  fromAddress = 'system@authentik.local';

  /** Minutes. */
  @Column({ type: 'integer' })
  tokenExpiry = 30;

  @Column({ type: 'text' })
  subject = 'authentik';

  @Column({ type: 'text' })
  template = 'email/password_reset.html';

  @Column({ type: 'boolean' })
  activateUserOnSuccess = false;

  /** How many mails one recipient can have sent within `recoveryCacheTimeout`, the first one included. */
  @Column({ type: 'integer' })
  recoveryMaxAttempts = 5;

  /** A span of time: `minutes=5`. */
  @Column({ type: 'text' })
  recoveryCacheTimeout = 'minutes=5';
}
