import { Check, ChildEntity, Column } from 'typeorm';

import { Policy } from '../policy.entity.js';

/** Stores a Python expression. The service runs no Python, so that the policy cannot be evaluated. */
@ChildEntity('expression')
@Check('ck_policy_expression', `"kind" <> 'expression' OR "expression" IS NOT NULL`)
export class ExpressionPolicy extends Policy {
  @Column({ type: 'text' })
  expression!: string;
}
