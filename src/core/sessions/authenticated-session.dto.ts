import { ResponseOf } from '../../rest/fields/derived.js';
import {
  BooleanField,
  DateTimeField,
  IntegerKeyField,
  ObjectField,
  TextField,
  UuidField,
} from '../../rest/fields/fields.js';
import { TextFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';

class SessionDeviceFields {
  @TextField({ readOnly: true, description: 'Always empty.', example: '' })
  brand!: string;

  @TextField({ readOnly: true, description: 'Kind of device; `Other` if unknown.', example: 'iPhone' })
  family!: string;

  @TextField({ readOnly: true, description: 'Always empty.', example: '' })
  model!: string;
}

/** The device of a session. */
export class AuthenticatedSessionDeviceDto extends ResponseOf(SessionDeviceFields) {}

class SessionBrowserFields {
  @TextField({ readOnly: true, description: 'Name; `Other` if unknown.', example: 'Firefox' })
  family!: string;

  @TextField({ readOnly: true, description: 'First part of the version.', example: '133' })
  major!: string;

  @TextField({ readOnly: true, description: 'Second part of the version.', example: '0' })
  minor!: string;

  @TextField({ readOnly: true, description: 'Third part of the version.', example: '' })
  patch!: string;
}

/** The browser of a session. */
export class AuthenticatedSessionBrowserDto extends ResponseOf(SessionBrowserFields) {}

class SessionSystemFields extends SessionBrowserFields {
  @TextField({ readOnly: true, description: 'Always empty.', example: '' })
  patch_minor!: string;
}

/** The operating system of a session. */
export class AuthenticatedSessionSystemDto extends ResponseOf(SessionSystemFields) {}

class SessionUserAgentFields {
  @ObjectField(AuthenticatedSessionDeviceDto, { description: 'The device, as the browser claims.' })
  device!: AuthenticatedSessionDeviceDto;

  @ObjectField(AuthenticatedSessionSystemDto, { description: 'The operating system, as the browser claims.' })
  os!: AuthenticatedSessionSystemDto;

  @ObjectField(AuthenticatedSessionBrowserDto, { description: 'The browser, as it claims.' })
  user_agent!: AuthenticatedSessionBrowserDto;

  @TextField({ readOnly: true, description: '`User-Agent` as it was sent.', example: 'curl/8.5.0' })
  string!: string;
}

/** What the browser of a session says about itself. */
export class AuthenticatedSessionUserAgentDto extends ResponseOf(SessionUserAgentFields) {}

class SessionPlaceFields {
  @TextField({ readOnly: true, description: 'Country.', example: 'AT' })
  country!: string;
}

/** Where a session is used. This service does not know it. */
class AuthenticatedSessionPlaceDto extends ResponseOf(SessionPlaceFields) {}

/** Fields of a session. Never the key in the cookie, nor its hash. */
class AuthenticatedSessionFields {
  @UuidField({ readOnly: true, description: 'UUID of the session.' })
  uuid!: string;

  @BooleanField({ readOnly: true, description: 'Whether the request itself has this session.' })
  current!: boolean;

  @ObjectField(AuthenticatedSessionUserAgentDto, { description: 'What the browser says about itself.' })
  user_agent!: AuthenticatedSessionUserAgentDto;

  @ObjectField(AuthenticatedSessionPlaceDto, { nullable: true, description: 'Always null: places are not looked up.' })
  geo_ip!: null;

  @ObjectField(AuthenticatedSessionPlaceDto, {
    nullable: true,
    description: 'Always null: networks are not looked up.',
  })
  asn!: null;

  @IntegerKeyField({ readOnly: true, description: 'The signed-in user.' })
  user!: number;

  @TextField({
    readOnly: true,
    description: 'Address that last used the session; empty if unknown.',
    example: '192.0.2.7',
  })
  last_ip!: string;

  @TextField({ readOnly: true, description: '`User-Agent` that last used the session.', example: 'curl/8.5.0' })
  last_user_agent!: string;

  @DateTimeField({ readOnly: true, description: 'When the session was last used, to within five minutes.' })
  last_used!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the session ends.' })
  expires!: Date | null;
}

/** A session of a signed-in user. */
export class AuthenticatedSessionDto extends ResponseOf(AuthenticatedSessionFields) {}

/** Columns of a session, for a query with the alias `session`. The hash of the key stays inside of the service. */
export const authenticatedSessionColumns = {
  uuid: 'session.pk',
  key_hash: 'session.keyHash',
  user: 'session.userId',
  last_ip: 'session.lastIp',
  last_user_agent: 'session.lastUserAgent',
  last_used: 'session.lastUsed',
  expires: 'session.expires',
};

/** A row of `authenticatedSessionColumns`. */
export type AuthenticatedSessionRow = Pick<
  AuthenticatedSessionDto,
  'expires' | 'last_ip' | 'last_used' | 'last_user_agent' | 'user' | 'uuid'
> & { readonly key_hash: Buffer };

@ListOf({
  columns: authenticatedSessionColumns,
  search: ['account.username', 'session.lastIp', 'session.lastUserAgent'],
  order: ['-last_used'],
  ordering: ['uuid', 'user', 'last_ip', 'last_user_agent', 'last_used', 'expires'],
})
export class AuthenticatedSessionListQuery extends ListQuery {
  @TextFilter({ on: 'session.lastIp' })
  last_ip?: string;

  @TextFilter({ on: 'session.lastUserAgent' })
  last_user_agent?: string;

  @TextFilter({ on: 'account.username', description: 'User name of the signed-in user.' })
  user__username?: string;
}
