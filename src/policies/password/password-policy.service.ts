import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import { PolicyService } from '../policy.service.js';
import type { PasswordPolicyDto, PasswordPolicyRequestDto } from './dto/password-policy.dto.js';
import { PasswordPolicy } from './password-policy.entity.js';
import { passwordPolicyResponse, passwordPolicyColumns, type PasswordPolicyRow } from './password-policy.mapper.js';

/** Reads and writes password policies. `check_have_i_been_pwned` is always false and has no column. */
@Injectable()
export class PasswordPolicyService extends ResourceStore<
  PasswordPolicy,
  PasswordPolicyRow,
  PasswordPolicyDto,
  PasswordPolicyRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly policies: PolicyService,
  ) {
    super(dataSource, { entity: PasswordPolicy, alias: 'policy', columns: passwordPolicyColumns });
  }

  override references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    return this.policies.references(pk, visible);
  }

  protected responses({ rows }: ReadRows<PasswordPolicyRow, never>): PasswordPolicyDto[] {
    return rows.map(passwordPolicyResponse);
  }
}
