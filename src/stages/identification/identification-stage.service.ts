import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { IdentificationStageDto, IdentificationStageRequestDto } from './dto/identification-stage.dto.js';
import type { IdentificationStage } from './identification-stage.entity.js';
import { identificationStageKind } from './identification-stage.kind.js';

/** Keeps the identification stages. */
@Injectable()
export class IdentificationStageService extends StageStore<
  IdentificationStage,
  IdentificationStageDto,
  IdentificationStageRequestDto
> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, identificationStageKind);
  }

  /** There is nothing to refer to yet: a request may only say so. */
  protected override columnsOf({
    captcha_stage: _,
    sources: __,
    ...others
  }: Partial<IdentificationStageRequestDto>): Partial<IdentificationStage> {
    return super.columnsOf(others);
  }
}
