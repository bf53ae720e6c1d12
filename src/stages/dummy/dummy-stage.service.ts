import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { DummyStageDto, DummyStageRequestDto } from './dto/dummy-stage.dto.js';
import { DummyStage } from './dummy-stage.entity.js';
import { dummyStageKind } from './dummy-stage.kind.js';

/** Keeps the dummy stages. */
@Injectable()
export class DummyStageService extends StageStore<DummyStage, DummyStageDto, DummyStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, dummyStageKind);
  }
}
