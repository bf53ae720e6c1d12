import { ResponseTo, UserChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { BooleanField } from '../../../rest/fields/fields.js';

/** Asks whether the visitor wants to be remembered. */
export class UserLoginChallengeDto extends UserChallengeOf('ak-stage-user-login') {}

/** Whether the visitor wants to be remembered. */
export class UserLoginChallengeResponseRequestDto extends ResponseTo('ak-stage-user-login') {
  @BooleanField({ required: true, description: 'Whether to stay signed in for longer.', example: true })
  remember_me!: boolean;
}
