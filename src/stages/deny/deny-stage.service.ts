import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { DenyStage } from './deny-stage.entity.js';
import { denyStageKind } from './deny-stage.kind.js';
import type { DenyStageDto, DenyStageRequestDto } from './dto/deny-stage.dto.js';

/** Keeps the deny stages. */
@Injectable()
export class DenyStageService extends StageStore<DenyStage, DenyStageDto, DenyStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, denyStageKind);
  }
}
