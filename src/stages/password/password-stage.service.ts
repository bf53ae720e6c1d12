import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { PasswordStageDto, PasswordStageRequestDto } from './dto/password-stage.dto.js';
import type { PasswordStage } from './password-stage.entity.js';
import { passwordStageKind } from './password-stage.kind.js';

/** Keeps the password stages. */
@Injectable()
export class PasswordStageService extends StageStore<PasswordStage, PasswordStageDto, PasswordStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, passwordStageKind);
  }
}
