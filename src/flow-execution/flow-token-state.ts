/** State of a token, or of a secret without one. */
export type FlowTokenState =
  | 'live'
  | 'unknown'
  | 'spent'
  | 'superseded'
  | 'expired'
  /** The user was deleted or deactivated, or has a new address or password. */
  | 'account changed'
  /** It was issued for another flow. */
  | 'other flow';

/** SQL condition that the account is active and has not changed its address or password since the token was issued. */
export const matchesAccount = `u.email = t.user_address and u.password_change_date <= t.created
  and (u.is_active or u.awaits_confirmation)`;

/** SQL expression for the state of token `t` with user `u` in a flow. */
export function stateExpression(flow: string): string {
  return `
    case when t.token_uuid is null then 'unknown'
         when t.flow_uuid <> ${flow} then 'other flow'
         when t.spent is not null then 'spent'
         when t.superseded is not null then 'superseded'
         when t.expires <= now() then 'expired'
         when u.id is null or not (${matchesAccount}) then 'account changed'
         else 'live' end`;
}
