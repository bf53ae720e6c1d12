import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Caller } from '../../core/access/caller.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import { AppError } from '../../rest/errors/app-error.js';
import type { UserWriteStageDto, UserWriteStageRequestDto } from './dto/user-write-stage.dto.js';
import { UserWriteStage } from './user-write-stage.entity.js';
import { userWriteStageKind } from './user-write-stage.kind.js';

/** Keeps the user write stages. */
@Injectable()
export class UserWriteStageService extends StageStore<UserWriteStage, UserWriteStageDto, UserWriteStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, userWriteStageKind);
  }

  /**
   * Whoever sets the group of new users puts everybody into it who signs up, themselves included: they must be allowed
   * to add users to it anyway.
   */
  override authorize(
    { create_users_group: group }: Partial<UserWriteStageRequestDto>,
    caller: Caller,
    stored?: UserWriteStage,
  ): void {
    if (typeof group !== 'string' || group === stored?.createUsersGroupId) return;
    if (!caller.mayOn('authentik_core.add_user_to_group', group)) throw new AppError('forbidden');
  }

  protected override columnsOf(request: Partial<UserWriteStageRequestDto>): Partial<UserWriteStage> {
    const { create_users_group: createUsersGroupId, ...others } = request;
    return { ...super.columnsOf(others), ...(createUsersGroupId !== undefined && { createUsersGroupId }) };
  }
}
