import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { FlowSetReader } from '../../flows/flow-set.js';
import { StageStore } from '../../flows/stage-store.js';
import type { InvitationStageDto, InvitationStageRequestDto } from './dto/invitation-stage.dto.js';
import { InvitationStage } from './invitation-stage.entity.js';
import { invitationStageKind } from './invitation-stage.kind.js';

/** Keeps the invitation stages. */
@Injectable()
export class InvitationStageService extends StageStore<InvitationStage, InvitationStageDto, InvitationStageRequestDto> {
  constructor(dataSource: DataSource, flowSets: FlowSetReader) {
    super(dataSource, flowSets, invitationStageKind);
  }
}
