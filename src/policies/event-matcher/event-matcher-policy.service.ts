import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../../core/access/resource-store.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import type { Reference } from '../../rest/used-by.js';
import { PolicyService } from '../policy.service.js';
import type { EventMatcherPolicyDto, EventMatcherPolicyRequestDto } from './dto/event-matcher-policy.dto.js';
import { EventMatcherPolicy } from './event-matcher-policy.entity.js';
import {
  eventMatcherPolicyResponse,
  eventMatcherPolicyColumns,
  type EventMatcherPolicyRow,
} from './event-matcher-policy.mapper.js';

/** Reads and writes event matcher policies. */
@Injectable()
export class EventMatcherPolicyService extends ResourceStore<
  EventMatcherPolicy,
  EventMatcherPolicyRow,
  EventMatcherPolicyDto,
  EventMatcherPolicyRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly policies: PolicyService,
  ) {
    super(dataSource, { entity: EventMatcherPolicy, alias: 'policy', columns: eventMatcherPolicyColumns });
  }

  override references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    return this.policies.references(pk, visible);
  }

  protected responses({ rows }: ReadRows<EventMatcherPolicyRow, never>): EventMatcherPolicyDto[] {
    return rows.map(eventMatcherPolicyResponse);
  }
}
