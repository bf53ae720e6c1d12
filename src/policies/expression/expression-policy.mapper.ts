import type { Columns } from '../../rest/list/list-query.js';
import { policyResponse, policyColumns } from '../policy.mapper.js';
import type { ExpressionPolicyDto } from './dto/expression-policy.dto.js';
import { expressionPolicyKind } from './expression-policy.kind.js';

/** Columns of an expression policy, for a query with the alias `policy`. */
export const expressionPolicyColumns = { ...policyColumns, expression: 'policy.expression' } satisfies Columns;

/** A row of `expressionPolicyColumns`. */
export type ExpressionPolicyRow = Pick<ExpressionPolicyDto, keyof typeof expressionPolicyColumns>;

/** Returns the response for an expression policy. */
export function expressionPolicyResponse(row: ExpressionPolicyRow): ExpressionPolicyDto {
  return { ...policyResponse(row, expressionPolicyKind), expression: row.expression };
}
