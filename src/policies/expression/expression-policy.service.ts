import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import { PolicyService } from '../policy.service.js';
import type { ExpressionPolicyDto, ExpressionPolicyRequestDto } from './dto/expression-policy.dto.js';
import { ExpressionPolicy } from './expression-policy.entity.js';
import {
  expressionPolicyResponse,
  expressionPolicyColumns,
  type ExpressionPolicyRow,
} from './expression-policy.mapper.js';

/** Reads and writes expression policies. */
@Injectable()
export class ExpressionPolicyService extends ResourceStore<
  ExpressionPolicy,
  ExpressionPolicyRow,
  ExpressionPolicyDto,
  ExpressionPolicyRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly policies: PolicyService,
  ) {
    super(dataSource, { entity: ExpressionPolicy, alias: 'policy', columns: expressionPolicyColumns });
  }

  override references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    return this.policies.references(pk, visible);
  }

  protected responses({ rows }: ReadRows<ExpressionPolicyRow, never>): ExpressionPolicyDto[] {
    return rows.map(expressionPolicyResponse);
  }
}
