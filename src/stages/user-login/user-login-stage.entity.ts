import { Check, Column } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

export const networkBindings = ['no_binding', 'bind_asn', 'bind_asn_network', 'bind_asn_network_ip'] as const;
export type NetworkBinding = (typeof networkBindings)[number];

export const geoipBindings = [
  'no_binding',
  'bind_continent',
  'bind_continent_country',
  'bind_continent_country_city',
] as const;
export type GeoipBinding = (typeof geoipBindings)[number];

/** Signs in the pending user. */
@StageKindEntity('user_login')
@Check('ck_stage_network_binding', oneOf('network_binding', networkBindings))
@Check('ck_stage_geoip_binding', oneOf('geoip_binding', geoipBindings))
export class UserLoginStage extends Stage {
  /** A duration; zero: until the browser is closed. */
  @Column({ type: 'text' })
  sessionDuration = 'seconds=0';

  @Column({ type: 'boolean' })
  terminateOtherSessions = false;

  /** Additional duration for visitors who choose to be remembered; zero: do not ask. */
  @Column({ type: 'text' })
  rememberMeOffset = 'seconds=0';

  @Column({ type: 'text' })
  networkBinding: NetworkBinding = 'no_binding';

  @Column({ type: 'text' })
  geoipBinding: GeoipBinding = 'no_binding';
}
