import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Authority } from '../../core/authority/authority.service.js';
import type { HandedOn } from '../../core/authority/read-standings.js';
import { FlowSetReader } from '../../flows/flow-set.js';
import { PrivilegedStageStore } from '../../flows/privileged-stage-store.js';
import type { UserWriteStageDto, UserWriteStageRequestDto } from './dto/user-write-stage.dto.js';
import { UserWriteStage } from './user-write-stage.entity.js';
import { userWriteStageKind } from './user-write-stage.kind.js';

/** Keeps the user write stages. */
@Injectable()
export class UserWriteStageService extends PrivilegedStageStore<
  UserWriteStage,
  UserWriteStageDto,
  UserWriteStageRequestDto
> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader, authority: Authority) {
    super(dataSource, flowSets, userWriteStageKind, authority);
  }

  /** The group of new users: an editor who can sign up could join it. */
  protected override handedOn({ createUsersGroupId: group }: UserWriteStage): HandedOn {
    return { groups: group === null ? [] : [group], superuserBy: [] };
  }

  protected override columnsOf(request: Partial<UserWriteStageRequestDto>): Partial<UserWriteStage> {
    const { create_users_group: createUsersGroupId, ...others } = request;
    return { ...super.columnsOf(others), ...(createUsersGroupId !== undefined && { createUsersGroupId }) };
  }
}
