import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { ConsentStage } from './consent-stage.entity.js';
import { consentStageKind } from './consent-stage.kind.js';
import type { ConsentStageDto, ConsentStageRequestDto } from './dto/consent-stage.dto.js';

/** Keeps the consent stages. */
@Injectable()
export class ConsentStageService extends StageStore<ConsentStage, ConsentStageDto, ConsentStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, consentStageKind);
  }
}
