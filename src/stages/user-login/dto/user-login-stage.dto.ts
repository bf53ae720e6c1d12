import { StageFields } from '../../../flows/dto/stage.dto.js';
import { BooleanField, ChoiceField, DurationField } from '../../../rest/fields/fields.js';
import { type GeoipBinding, geoipBindings, type NetworkBinding, networkBindings } from '../user-login-stage.entity.js';

/** The fields of a user login stage. */
export class UserLoginStageFields extends StageFields {
  @DurationField({
    description: 'Duration of the session, such as `hours=8` or `days=1;hours=12`; zero: until the browser is closed.',
    example: 'hours=8',
  })
  session_duration!: string;

  @BooleanField({ description: 'End all other sessions of the user.' })
  terminate_other_sessions!: boolean;

  @DurationField({
    description: 'Additional duration for visitors who choose to be remembered; zero: do not ask.',
    example: 'days=30',
  })
  remember_me_offset!: string;

  @ChoiceField('NetworkBindingEnum', networkBindings, {
    description:
      'Binds the session to a network. Without a database of networks, `bind_asn_network_ip` binds to the client ' +
      'address at sign-in, and the others bind to its network (/24, or /48 for IPv6), which is stricter than an ASN.',
  })
  network_binding!: NetworkBinding;

  @ChoiceField('GeoipBindingEnum', geoipBindings, {
    description:
      'Binds the session to a location. Without a geolocation database, every binding is to the network of the client ' +
      'address at sign-in (/24, or /48 for IPv6).',
  })
  geoip_binding!: GeoipBinding;
}
