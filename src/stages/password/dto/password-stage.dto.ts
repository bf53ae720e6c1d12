import { StageFields } from '../../../flows/dto/stage.dto.js';
import { Flow } from '../../../flows/flow.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { BooleanField, ChoiceListField, IntegerField, UuidField } from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { type PasswordBackend, passwordBackends } from '../password-stage.entity.js';

describeConstraint('fk_stage_configure_flow', 'configure_flow', 'The flow has just been deleted.');

/** The fields of a password stage. */
export class PasswordStageFields extends StageFields {
  @ChoiceListField('BackendsEnum', passwordBackends, {
    required: true,
    description:
      'Backends that verify the password: `InbuiltBackend` checks the password of the user, `TokenBackend` their app ' +
      'passwords. LDAP and Kerberos are accepted and match no password, because sources are not supported.',
  })
  backends!: PasswordBackend[];

  @UuidField({
    nullable: true,
    description: 'Flow in which signed-in users change their password.',
    rules: [exists(() => Flow)],
  })
  configure_flow!: string | null;

  @IntegerField({ description: 'Number of wrong passwords that ends the run.', example: 5 })
  failed_attempts_before_cancel!: number;

  @BooleanField({ description: 'Offer to reveal the password while it is typed.' })
  allow_show_password!: boolean;

  @BooleanField({
    isAddition: true,
    description:
      'Pass signed-in visitors without their password if they have signed in within SESSION_FRESH and their address is ' +
      'verified or empty, so that users without a password can pass too.',
  })
  accept_fresh_session!: boolean;
}
