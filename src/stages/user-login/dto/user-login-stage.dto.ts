import { StageFields } from '../../../flows/dto/stage.dto.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField, ChoiceField, DurationField } from '../../../rest/fields/fields.js';
import { type GeoipBinding, geoipBindings, type NetworkBinding, networkBindings } from '../user-login-stage.entity.js';

/** The fields of a user login stage. */
class UserLoginStageFields extends StageFields {
  @DurationField({
    description: 'How long a session lasts, such as `hours=8` or `days=1;hours=12`; zero: until the browser is closed.',
    example: 'hours=8',
  })
  session_duration!: string;

  @BooleanField({ description: 'End every other session of the user who signs in.' })
  terminate_other_sessions!: boolean;

  @DurationField({
    description: 'How much longer the session lasts of those who ask to be remembered; zero: nobody is asked.',
    example: 'days=30',
  })
  remember_me_offset!: string;

  @ChoiceField('NetworkBindingEnum', networkBindings, {
    description:
      'Where a session can be used from. There is no database of networks here: `bind_asn_network_ip` binds to the ' +
      'address that signed in, the others to its network (/24, or /48 of IPv6), which is less than they name.',
  })
  network_binding!: NetworkBinding;

  @ChoiceField('GeoipBindingEnum', geoipBindings, {
    description:
      'Where a session can be used from. There is no database of places here: any binding is one to the network of ' +
      'the address that signed in (/24, or /48 of IPv6), which lies in one place.',
  })
  geoip_binding!: GeoipBinding;
}

/** A user login stage. */
export class UserLoginStageDto extends AnswerOf(UserLoginStageFields) {}

/** A user login stage to create or to replace with. */
export class UserLoginStageRequestDto extends RequestOf(UserLoginStageFields) {}

/** Changes to a user login stage. */
export class PatchedUserLoginStageRequestDto extends PatchOf(UserLoginStageRequestDto) {}
