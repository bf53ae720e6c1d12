import { Check, ChildEntity, Column } from 'typeorm';

import { Stage } from '../../flows/stage.entity.js';

/** What every email stage has; the columns are null in the rows of other kinds. */
const columns = [
  'use_global_settings',
  'host',
  'port',
  'username',
  'password',
  'use_tls',
  'use_ssl',
  'timeout',
  'from_address',
  'token_expiry',
  'subject',
  'template',
  'activate_user_on_success',
  'recovery_max_attempts',
  'recovery_cache_timeout',
];

/** Sends a mail, and passes when the address has been proved with what the mail holds. */
@ChildEntity('email')
@Check('ck_stage_email', `"kind" <> 'email' OR num_nulls(${columns.map((name) => `"${name}"`).join(', ')}) = 0`)
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
