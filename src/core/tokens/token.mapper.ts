import type { Columns } from '../../rest/list/list-query.js';
import type { UserDto } from '../users/dto/user.dto.js';
import type { TokenDto } from './dto/token.dto.js';

/** What is read of a token for the clients, of a statement that calls it `token`. Never the key. */
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

/** A row of those columns. */
export type TokenRow = Pick<TokenDto, keyof typeof tokenColumns>;

/** A token as clients see it. */
export function tokenAnswer(row: TokenRow, user: UserDto): TokenDto {
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
