import type { Columns } from '../../rest/list/list-query.js';
import type { UserDto } from '../users/dto/user.dto.js';
import type { TokenDto } from './dto/token.dto.js';

/** Columns of a token without its key, for a query with the alias `token`. */
export const tokenColumns = {
  pk: 'token.pk',
  managed: 'token.managed',
  identifier: 'token.identifier',
  intent: 'token.intent',
  user: 'token.userId',
  description: 'token.description',
  expires: 'token.expires',
  expiring: 'token.expiring',
} satisfies Columns;

/** A row of `tokenColumns`. */
export type TokenRow = Pick<TokenDto, keyof typeof tokenColumns>;

/** Returns the response for a token. */
export function tokenResponse(row: TokenRow, user: UserDto): TokenDto {
  return {
    pk: row.pk,
    managed: row.managed,
    identifier: row.identifier,
    intent: row.intent,
    user: row.user,
    user_obj: user,
    description: row.description,
    expires: row.expires,
    expiring: row.expiring,
  };
}
