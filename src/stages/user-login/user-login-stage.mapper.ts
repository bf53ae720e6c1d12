import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { UserLoginStageDto } from './dto/user-login-stage.dto.js';

/** What is read of a user login stage for the clients, of a statement that calls it `stage`. */
export const userLoginStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  session_duration: 'stage.sessionDuration',
  terminate_other_sessions: 'stage.terminateOtherSessions',
  remember_me_offset: 'stage.rememberMeOffset',
  network_binding: 'stage.networkBinding',
  geoip_binding: 'stage.geoipBinding',
} satisfies Columns;

/** A row of those columns. */
export type UserLoginStageRow = Pick<UserLoginStageDto, keyof typeof userLoginStageColumns>;

/** What clients see of a user login stage besides what every stage has. */
export function userLoginStageFields(row: UserLoginStageRow): Omit<UserLoginStageDto, keyof StageDto> {
  return {
    session_duration: row.session_duration,
    terminate_other_sessions: row.terminate_other_sessions,
    remember_me_offset: row.remember_me_offset,
    network_binding: row.network_binding,
    geoip_binding: row.geoip_binding,
  };
}
