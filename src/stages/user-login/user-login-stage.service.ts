import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { UserLoginStageDto, UserLoginStageRequestDto } from './dto/user-login-stage.dto.js';
import type { UserLoginStage } from './user-login-stage.entity.js';
import { userLoginStageKind } from './user-login-stage.kind.js';

/** Keeps the user login stages. */
@Injectable()
export class UserLoginStageService extends StageStore<UserLoginStage, UserLoginStageDto, UserLoginStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, userLoginStageKind);
  }
}
